"""The console inbox: a message is a row under its business key, so sending it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from activities.gateways.port import Message, Said
from store.inbox import Inbox


class InboxChannel:
    """Messages that units read and answer in the console or the terminal; a batch is one commit."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, messages: Sequence[Message]) -> Mapping[str, Said]:
        """See `Channel`."""
        await self._inbox.put(messages)
        return {message.unit: Said("accepted") for message in messages}
