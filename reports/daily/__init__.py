"""The daily summary: drafted once a period, edited and reviewed by people, issued as an edition."""
