"""The incident's logbook (值班日志): append-only entries, each holding the hash of the one before.

What is hashed is the RFC 8785 form of the entry without `hash`: the exact bytes that are stored and exported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict

GENESIS = "0" * 64
"""`prev` of the first entry."""


class Draft(BaseModel):
    """An entry before it has its number: what was decided or learnt, by whom, when it was true and when known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    true_at: AwareDatetime
    known_at: AwareDatetime
    kind: str
    user: str
    post: str
    clauses: tuple[str, ...] = ()
    data: Mapping[str, Any] = {}


class Entry(Draft):
    """One line of the logbook, numbered from 1 and chained. `hash` and `prev` are lower-case SHA-256 in hex."""

    seq: int
    prev: str
    hash: str


class Head(BaseModel):
    """Where a logbook stands: the last number and its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int = 0
    hash: str = GENESIS


class BrokenChain(ValueError):
    """An entry does not follow from the one before it; the message names the entry and what is wrong."""


def canonical(draft: Draft, seq: int, prev: str) -> bytes:
    """The bytes that are hashed: RFC 8785 over every field but `hash`, times as ISO 8601 with their offset."""
    return rfc8785.dumps(
        {
            "seq": seq,
            "true_at": _instant(draft.true_at),
            "known_at": _instant(draft.known_at),
            "kind": draft.kind,
            "user": draft.user,
            "post": draft.post,
            "clauses": list(draft.clauses),
            "data": dict(draft.data),
            "prev": prev,
        }
    )


def seal(head: Head, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
    """Number and chain `drafts` after `head`."""
    sealed: list[Entry] = []
    seq, prev = head.seq, head.hash
    for draft in drafts:
        seq += 1
        digest = hashlib.sha256(canonical(draft, seq, prev)).hexdigest()
        sealed.append(
            Entry(**{name: getattr(draft, name) for name in Draft.model_fields}, seq=seq, prev=prev, hash=digest)
        )
        prev = digest
    return tuple(sealed)


def verify(entries: Iterable[Entry], head: Head | None = None) -> Head:
    """Walk the chain from `head` (default: the beginning) and return its end. Raises `BrokenChain`."""
    at = head or Head()
    for entry in entries:
        if entry.seq != at.seq + 1:
            raise BrokenChain(f"entry {entry.seq}: expected number {at.seq + 1}")
        if entry.prev != at.hash:
            raise BrokenChain(f"entry {entry.seq}: prev does not match the hash of entry {at.seq}")
        if entry.hash != hashlib.sha256(canonical(entry, entry.seq, entry.prev)).hexdigest():
            raise BrokenChain(f"entry {entry.seq}: its content does not match its hash")
        at = Head(seq=entry.seq, hash=entry.hash)
    return at


def _instant(moment: datetime) -> str:
    return moment.isoformat()
