"""The phones that people carry: enrolling them, their keys and sequences, and ending them."""
