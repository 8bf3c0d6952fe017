from two_patrols import file, mission, pair

__all__ = ["file", "mission", "pair"]
