"""The weekly report: totals, rates and patterns of seven periods, with the weeks before them."""
