"""What we tell: the daily summary and its editions. This package reads; it never changes an incident."""
