"""What a channel must offer, and how a gateway that sends one message at a time becomes a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, Protocol

from incidents.notices import Outcome
from store.ledger import Ledger

AT_ONCE = 8
"""So many messages of one batch are on their way together: a hanging one must not hold the others."""


class Message(NamedTuple):
    """One message to one recipient. The key is the same on every attempt."""

    key: str
    unit: str
    text: str


class Said(NamedTuple):
    """What a channel said of one message, in words for the ledger."""

    outcome: Outcome
    words: str = ""


class Channel(Protocol):
    """Takes a batch. Sending it again under the same keys is safe, or what may have come twice is `uncertain`."""

    async def send(self, messages: Sequence[Message]) -> Mapping[str, Said]:
        """Hand the messages over; the answers by unit."""


class Gateway(Protocol):
    """One real end. Raises nothing for a refusal: that is an answer too."""

    honours_key: bool
    """Whether the other end tells a repeated key from a new message."""

    async def send(self, message: Message) -> Said:
        """Hand one message over."""


class Ledgered:
    """A gateway behind the ledger: written down before it leaves, never sent again once accepted."""

    def __init__(self, gateway: Gateway, ledger: Ledger, within: timedelta) -> None:
        self._gateway, self._ledger, self._within = gateway, ledger, within

    async def send(self, messages: Sequence[Message]) -> Mapping[str, Said]:
        """See `Channel`. A message that was on its way when a worker died goes out once more, under the same key; where
        the other end does not know keys it is then uncertain, whatever is answered."""
        known = await self._ledger.known([message.key for message in messages])
        said: dict[str, Said] = {}
        going: list[Message] = []
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

        async def one(message: Message) -> None:
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

    async def _attempt(self, message: Message) -> Said:
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
