"""The situation room: reads everything below, decides nothing; deeds go through the slices' own doors."""
