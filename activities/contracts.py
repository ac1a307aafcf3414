"""What passes between an incident's workflow and its activities: frozen inputs and results, and their names."""

from __future__ import annotations

from collections.abc import Mapping

from incidents.logbook import Entry, Head
from incidents.notices import Answered, Outcome, Sending
from incidents.record import Part

SYNC = "sync"
DELIVER = "deliver"
CONFLICT = "LogConflict"
"""Error type of a refused `sync`: the store holds another entry under this number. Its detail: the stored `Head`."""


class SyncRequest(Part):
    """New entries for the store, and how far its machine events have been read."""

    incident: str
    entries: tuple[Entry, ...]
    cursor: int


class SyncResult(Part):
    """Where the stored log stands, and the machine events after the cursor, in the order the store received them."""

    head: Head
    events: tuple[Answered, ...] = ()
    cursor: int


class DeliverRequest(Part):
    """One batch of one notice for one channel. The business key of each message is
    `incident/notice/recipient/channel/step`."""

    incident: str
    sending: Sending

    def key(self, unit: str) -> str:
        """The business key of the message to `unit`."""
        return "/".join((self.incident, self.sending.notice, unit, self.sending.channel, str(self.sending.step)))


class DeliverResult(Part):
    """What the channel said of each unit."""

    outcomes: Mapping[str, Outcome]
