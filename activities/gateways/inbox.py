"""The console inbox: a message is a row under its business key, so sending it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from activities.channel import Said
from activities.gateways.port import LiveMessage
from store.inbox import Inbox


class LiveInbox:
    """Messages that units read and answer in the console or the terminal; a batch is one commit."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, messages: Sequence[LiveMessage]) -> Mapping[str, Said]:
        """See `Channel`."""
        await self._inbox.put([(message.key, message.unit, message.text) for message in messages])
        return {message.unit: Said("accepted") for message in messages}
