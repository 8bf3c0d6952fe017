"""Work that comes round: declared as rows, run by one leader, each run that did something recorded."""
