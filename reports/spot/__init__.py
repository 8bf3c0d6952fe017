"""The spot report: one grave incident, told within the hour; a later version supersedes it."""
