"""The sections of the daily summary, each a function of the draft's facts."""
