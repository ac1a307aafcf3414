"""What a channel must offer. Sending twice under one key must be safe, or be reported as uncertain."""

from __future__ import annotations

from typing import Protocol

from incidents.notices import Outcome


class Gateway(Protocol):
    """One channel."""

    async def send(self, key: str, unit: str, text: str) -> Outcome:
        """Hand `text` to the channel for `unit` under the business `key`."""
