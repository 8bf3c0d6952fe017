"""Messages to people: queued in the transaction that caused them, delivered by their channel."""
