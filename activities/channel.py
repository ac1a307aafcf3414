"""What a channel must offer. What it takes, live messages or a drill's, stands in its type; the two share nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from incidents.notices import Outcome

M = TypeVar("M", contravariant=True)


class Said(NamedTuple):
    """What a channel said of one message, in words for the ledger."""

    outcome: Outcome
    words: str = ""


class Channel(Protocol[M]):
    """Takes a batch. Sending it again under the same keys is safe, or what may have come twice is `uncertain`."""

    async def send(self, messages: Sequence[M]) -> Mapping[str, Said]:
        """Hand the messages over; the answers by unit."""
