"""The mission: who we are, where and when we watch, how we sign in, and the form in the monitor's hand."""
