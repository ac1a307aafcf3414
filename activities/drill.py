"""The drill side's messages, and the one place where they go: the drill sink, the inbox of the drill's own home.

A worker of drills can import this and none of `activities.gateways`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from activities.channel import Said
from store.inbox import Inbox

DRILL_MARK = "【演练】"


@final
@dataclass(frozen=True, slots=True)
class DrillMessage:
    """One message of a drill to one recipient. The key is the same on every attempt."""

    key: str
    unit: str
    words: str

    @property
    def text(self) -> str:
        """What is read, heard or shown: the mark first, whatever was written."""
        return DRILL_MARK + self.words


class DrillInbox:
    """The sink: what simulated units read and answer in the console or the terminal; a batch is one commit."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def send(self, messages: Sequence[DrillMessage]) -> Mapping[str, Said]:
        """See `Channel`."""
        await self._inbox.put([(message.key, message.unit, message.text) for message in messages])
        return {message.unit: Said("accepted") for message in messages}
