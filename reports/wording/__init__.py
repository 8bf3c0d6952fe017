"""How we say things: fixed phrases for numbers, comparisons, directions, times and certainty, and the words
we do not use. Pure; the report's own values are not known here, so that phrases can be tried alone.
"""
