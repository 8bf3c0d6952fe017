"""Handing a message to the mission's mail server."""

import smtplib
import ssl
from email.message import EmailMessage

from monitor.settings import LOOPBACK, Settings
from reports.sending.webhook import NotAllowed, NotTaken

TIME_LIMIT_S = 20.0


def send(settings: Settings, message: EmailMessage) -> None:
    """Raises NotAllowed where the settings forbid it, NotTaken where the server did not take it."""
    if not settings.smtp_host or not settings.smtp_from:
        raise NotAllowed("smtp_host and smtp_from are not set")
    if settings.smtp_security == "none" and settings.smtp_host not in LOOPBACK:
        raise NotAllowed("papers go unencrypted to this machine only")
    context = ssl.create_default_context()
    try:
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=TIME_LIMIT_S, context=context
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIME_LIMIT_S)
        with server:
            if settings.smtp_security == "starttls":
                server.starttls(context=context)
            if settings.smtp_user:
                password = settings.smtp_password_file.read_text("utf-8").strip()
                server.login(settings.smtp_user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(f"mail server: {type(error).__name__}") from error
