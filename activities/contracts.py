"""What passes between an incident's workflow and its activities: frozen inputs and results, and their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from incidents.logbook import Draft, Entry, Head, seal
from incidents.notices import Answered, Outcome, Sending
from incidents.record import Part, Record

SYNC = "sync"
DELIVER = "deliver"
ARCHIVE = "archive"
CONFLICT = "LogConflict"
"""Error type of a refused `sync`: the store holds another entry under this number. Its detail: the stored `Head`."""


class Summary(Part):
    """Where an incident stands, for lists."""

    kind: str
    plan: str
    plan_hash: str
    phase: str
    computed: str | None
    standing: str | None
    level: str | None
    place: str
    enterprise: str
    colour: str | None = None
    """Of the warning that it began as."""

    @classmethod
    def of(cls, record: Record) -> Self:
        """The summary of a record."""
        grades, scene = record.grades, record.scene()
        return cls(
            kind=record.kind,
            plan=record.plan,
            plan_hash=record.plan_hash,
            phase=record.phase,
            computed=grades.computed if grades else None,
            standing=grades.standing if grades else None,
            level=record.level,
            place=scene.place,
            enterprise=scene.enterprise,
            colour=record.warning.colour if record.warning else None,
        )


class SyncRequest(Part):
    """What the store has not confirmed of a log, with the receipts it answers, where the incident stands, and how far
    machine events have been read. The chain is not sent: it follows from `after`, and ends in `head`."""

    incident: str
    after: Head
    drafts: tuple[Draft, ...]
    head: Head
    """Where the incident's own log stands after `drafts`."""
    cursor: int
    receipts: Mapping[str, tuple[int, int]] = {}
    """First and last entry by command id."""
    summary: Summary | None = None
    """None: as it was told last."""

    @classmethod
    def of(cls, tail: Sequence[Entry], head: Head, **more: Any) -> Self:
        """A request for the entries of `tail`, which end at `head`."""
        after = Head(seq=tail[0].seq - 1, hash=tail[0].prev) if tail else head
        return cls(after=after, drafts=tuple(tail), head=head, **more)

    def entries(self) -> tuple[Entry, ...]:
        """The entries, sealed again. Raises `ValueError` where they do not end in `head`."""
        sealed = seal(self.after, self.drafts)
        if (sealed[-1].hash if sealed else self.after.hash) != self.head.hash:
            raise ValueError(f"incident {self.incident}: what arrived is not what was sealed as entry {self.head.seq}")
        return sealed


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


class ArchiveRequest(Part):
    """The dossier of one incident, with all entries up to `seq`."""

    incident: str
    plan_hash: str
    seq: int


class ArchiveResult(Part):
    """The SHA-256 of the manifest, and the last entry that it covers."""

    manifest: str
    seq: int
