"""The watch in the room: notes of a shift, and its handing over from one duty officer to the next."""
