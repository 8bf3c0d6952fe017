"""Findings from facts: rules are files, conditions are functions, a finding keeps what made it."""
