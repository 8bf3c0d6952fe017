"""Outbox files: what a phone could not send, brought to the base on a stick and taken in there."""
