"""What leaves the mission: profiles as allow-lists, and two people for each release."""
