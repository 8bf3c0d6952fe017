"""What happens, as it happens: the outbox as a stream of server-sent events."""
