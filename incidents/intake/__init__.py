"""Receiving observations: nothing refused for being odd, nothing counted twice, nothing overwritten."""
