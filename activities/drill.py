"""The drill side's messages, and the one place where they go: the drill sink, the inbox of the drill's own home.

A worker of drills can import this and none of `activities.gateways`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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


LOST = "lost-channels"
"""A file of a drill's home: the channels that take nothing while a script says so, a line for each."""


class DrillSink:
    """The sink: what simulated units read and answer in the console or the terminal; a batch is one commit.

    It stands for every channel of a plan: in a drill nothing leaves by a real one."""

    def __init__(self, inbox: Inbox, home: Path, channel: str = "inbox") -> None:
        self._inbox, self._lost, self._channel = inbox, home / LOST, channel

    async def send(self, messages: Sequence[DrillMessage]) -> Mapping[str, Said]:
        """See `Channel`."""
        if self._lost.exists() and self._channel in self._lost.read_text("utf-8").split():
            return {message.unit: Said("failed", "the script has this channel out of order") for message in messages}
        await self._inbox.put([(message.key, message.unit, message.text) for message in messages])
        return {message.unit: Said("accepted") for message in messages}
