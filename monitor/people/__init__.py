"""People, their roles and teams, the devices they carry, and how both sign in."""
