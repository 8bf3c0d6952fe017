"""Patrols, posts and cameras as watches: what was planned, what happened, how long a sector was watched."""
