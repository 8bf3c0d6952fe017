"""The one evidence log: a Merkle tree whose leaves say what was received, stepped, issued and by whom."""
