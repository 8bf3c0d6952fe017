"""Papers from draft to edition, whatever their kind: kept, edited, reviewed, released and shown."""
