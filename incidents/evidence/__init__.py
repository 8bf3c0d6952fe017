"""Photos and recordings: sealed by their hash, shown as copies, their custody appended."""
