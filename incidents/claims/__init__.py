"""What the parties say. Claims are kept, counted and compared; they are never counted as observations."""
