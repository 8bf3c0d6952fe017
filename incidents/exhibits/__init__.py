"""Each file of evidence beside the report it came with: what it shows and says of itself, and its custody."""
