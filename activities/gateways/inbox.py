"""The console inbox: a message is a row under its business key, so sending it again changes nothing."""

from __future__ import annotations

from incidents.notices import Outcome
from store.inbox import Inbox


class InboxGateway:
    """Messages that units read and answer in the console or the terminal."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, key: str, unit: str, text: str) -> Outcome:
        await self._inbox.put(key, unit, text)
        return "accepted"
