"""The demo mission: its definition, a seeded exercise around real claims, its replay through the API."""
