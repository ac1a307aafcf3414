"""E-mail: the business key becomes the `Message-ID`, so that a mailbox shows a repeated one once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from email.message import EmailMessage

import aiosmtplib
from pydantic import SecretStr

from activities.channel import Said
from activities.gateways.port import LiveMessage


class Smtp:
    """One mail server; addresses by unit or post."""

    honours_key = True

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        addresses: Mapping[str, str],
        user: str = "",
        password: SecretStr | None = None,
    ) -> None:
        self._host, self._port, self._sender, self._addresses = host, port, sender, addresses
        self._user, self._password = user, password

    async def send(self, message: LiveMessage) -> Said:
        """An address that is missing or refused is a failure, in words; a line that broke leaves it uncertain."""
        to = self._addresses.get(message.unit)
        if to is None:
            return Said("failed", "no address")
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, to
        # A line break in a fact must not become a header.
        mail["Subject"] = " ".join(message.text.split())[:60]
        mail["Message-ID"] = message_id(message.key, self._sender)
        mail.set_content(message.text)
        try:
            _, words = await aiosmtplib.send(
                mail,
                hostname=self._host,
                port=self._port,
                username=self._user or None,
                password=self._password.get_secret_value() if self._password else None,
            )
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPAuthenticationError) as error:
            return Said("failed", type(error).__name__)
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
            return Said("failed", type(error).__name__)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Said("uncertain", type(error).__name__)
        return Said("accepted", words[:200])


def message_id(key: str, sender: str) -> str:
    """The same for every attempt of one message; a key may hold characters that a Message-ID may not."""
    domain = sender.rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
