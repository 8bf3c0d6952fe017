"""Sectors, zones, posts, bases, settlements and sourced lines, each in dated versions."""
