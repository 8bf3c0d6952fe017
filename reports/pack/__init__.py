"""The meeting pack: what stands open with one party, in order of time, with questions and answers."""
