"""Live messages, and how a gateway that sends one of them at a time becomes a channel.

This is the one maker of live messages, and no worker of drills can import it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, final

from activities.channel import Said
from activities.drill import DRILL_MARK
from incidents.notices import Outcome
from store.ledger import Ledger

AT_ONCE = 8
"""So many messages of one batch are on their way together: a hanging one must not hold the others."""


@final
@dataclass(frozen=True, slots=True)
class LiveMessage:
    """One real message to one recipient. The key is the same on every attempt."""

    key: str
    unit: str
    words: str

    @property
    def text(self) -> str:
        """What is read, heard or shown. Words that were copied out of a drill lose its mark: nobody may take what is
        real for a drill."""
        told = self.words
        while DRILL_MARK in told:
            told = told.replace(DRILL_MARK, "")
        return told


class Gateway(Protocol):
    """One real end. Raises nothing for a refusal: that is an answer too."""

    honours_key: bool
    """Whether the other end tells a repeated key from a new message."""

    async def send(self, message: LiveMessage) -> Said:
        """Hand one message over."""


class Ledgered:
    """A gateway behind the ledger: written down before it leaves, never sent again once accepted."""

    def __init__(self, gateway: Gateway, ledger: Ledger, within: timedelta) -> None:
        self._gateway, self._ledger, self._within = gateway, ledger, within

    async def send(self, messages: Sequence[LiveMessage]) -> Mapping[str, Said]:
        """See `Channel`. A message that was on its way when a worker died goes out once more, under the same key; where
        the other end does not know keys it is then uncertain, whatever is answered."""
        known = await self._ledger.known([message.key for message in messages])
        said: dict[str, Said] = {}
        going: list[LiveMessage] = []
        doubted: list[str] = []
        for message in messages:
            before = known.get(message.key)
            if before is not None and before.outcome is not None:
                said[message.unit] = Said(_outcome(before.outcome), "sent before")
            elif before is not None and not self._gateway.honours_key:
                if before.doubted:
                    # It went out twice without a receipt: a third time helps nobody.
                    said[message.unit] = Said("uncertain", "no receipt twice")
                    await self._ledger.receipt(message.key, "uncertain", "no receipt twice")
                else:
                    doubted.append(message.key)
                    going.append(message)
            else:
                going.append(message)
        bound = asyncio.Semaphore(AT_ONCE)

        async def one(message: LiveMessage) -> None:
            async with bound:
                # One by one, as they leave: what still waits for its turn when a worker dies is in no doubt.
                await self._ledger.begin(message.key, message.key in doubted)
                answer = await self._attempt(message)
            if message.key in doubted and answer.outcome == "accepted":
                answer = Said("uncertain", f"sent again after a lost receipt; {answer.words}".strip("; "))
            await self._ledger.receipt(message.key, answer.outcome, answer.words)
            said[message.unit] = answer

        await asyncio.gather(*(one(message) for message in going))
        return said

    async def _attempt(self, message: LiveMessage) -> Said:
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                return await self._gateway.send(message)
        except TimeoutError:
            return Said("uncertain", f"no answer within {self._within.total_seconds():g} s")


def _outcome(text: str) -> Outcome:
    match text:
        case "accepted":
            return "accepted"
        case "failed":
            return "failed"
        case _:
            return "uncertain"
