"""A signed webhook: JSON by POST, the business key as `Idempotency-Key`."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import httpx2
from pydantic import SecretStr

from activities.channel import Said
from activities.gateways.port import LiveMessage

SIGNATURE = "Fenghuo-Signature"
"""`t=UNIX SECONDS,v1=HEX`: HMAC-SHA256 over `t.body` under the shared secret."""


class Webhook:
    """One receiver. It is expected to take a repeated key once."""

    honours_key = True

    def __init__(self, url: str, secret: SecretStr) -> None:
        self._url, self._secret = url, secret
        self._client = httpx2.AsyncClient()

    async def send(self, message: LiveMessage) -> Said:
        """2xx is accepted, and so is 409 for a key that it has; any other answer is a failure, in words."""
        told = {"key": message.key, "unit": message.unit, "text": message.text}
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": message.key,
            SIGNATURE: signature(self._secret, body, int(time.time())),
        }
        try:
            answer = await self._client.post(self._url, content=body, headers=headers)
        except httpx2.ConnectError:
            return Said("failed", "no connection")
        except httpx2.HTTPError as error:
            # Something may have arrived.
            return Said("uncertain", type(error).__name__)
        if answer.is_success or answer.status_code == 409:
            return Said("accepted", f"HTTP {answer.status_code}")
        return Said("failed", f"HTTP {answer.status_code}")


def signature(secret: SecretStr, body: bytes, at: int) -> str:
    """The value of the signature header."""
    digest = hmac.new(secret.get_secret_value().encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
