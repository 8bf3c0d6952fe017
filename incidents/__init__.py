"""What happens: what observers saw, what we conclude, which rule it touches, who must act."""
