"""Editions on their way to recipients: e-mail, webhook, download; recorded, retried, shown."""
