"""The web door: permission, parsing, transaction, problems. No feature lives here."""
