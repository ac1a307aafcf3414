"""Lists of names (人员名单): the log holds how many in which state, and a keyed digest of each line, never a name.

The lines themselves stand apart, encrypted under a key of the incident's own: with that key destroyed, the digests lead
to nobody, and the chain, the counts and the verdicts are as before (Emergency Response Law art. 84-85).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from incidents import accounts
from incidents.accident import STATES, Count, CountSource, State
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import NameList, Record
from plans.schema import Plan

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
LONGEST = 5000
"""Lines of one list: a longer one comes in parts."""


class AttachPeople(Command):
    """A list of names came from a source; the names are kept apart."""

    verb: ClassVar[str] = "attach-people"
    digest: Digest
    """Of the whole list, keyed: the same list again changes nothing."""
    rows: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=LONGEST)]
    """A keyed digest for each line."""
    counts: dict[State, Annotated[int, Field(ge=1, strict=True)]]
    source: CountSource
    named: str = Field(default="", max_length=64)
    as_of: AwareDatetime | None = None
    complete: bool = False
    """Everybody whom the source knows in these states is on it: its counts are the source's figures. Otherwise they
    are at least so many."""
    verified: bool = False
    differs: str = Field(default="", max_length=400)
    """Why its counts contradict what the same source told before."""


def attach_people(plan: Plan, record: Record, command: AttachPeople, now: datetime) -> Answer:
    if sum(command.counts.values()) != len(command.rows) or set(command.counts) - set(STATES):
        return Refusal(
            zh=f"counts：各状态合计应等于名单行数 {len(command.rows)}",
            reason=f"counts: expected states of people that add up to the list's {len(command.rows)} lines",
        )
    name = accounts.key(command.source, command.named)
    if any(told.digest == command.digest and told.account == name for told in record.lists.values()):
        return ()
    if command.as_of is not None and command.as_of > now:
        return Refusal(
            zh=f"as_of：不能晚于现在，现为 {command.as_of.isoformat()}",
            reason=f"as_of: expected a time that is not in the future, found {command.as_of.isoformat()}",
        )
    number = f"L{len(record.lists) + 1}"
    told = command.told("digest", "rows", "counts", "source", "as_of", "complete", "verified")
    data = {"list": number, **told, **{n: t for n in ("named", "differs") if (t := getattr(command, n))}}
    figures = tuple(_figures(record, command.entry("people_listed", now, data)))
    if not command.differs and (refusal := accounts.contradiction(record, figures, command.named)):
        return refusal
    late = accounts.after_window(record, figures, command.as_of or command.true_at or now, now)
    return (command.entry("people_listed", now, *accounts.marked(plan, record, data, late)),)


def listed(record: Record, entry: Draft) -> Record:
    data = entry.data
    told = NameList(
        id=data["list"],
        digest=data["digest"],
        account=accounts.key(data["source"], data.get("named", "")),
        as_of=data.get("as_of") or entry.true_at,
        complete=data["complete"],
        counts=data["counts"],
    )
    figures = accounts.stated(record, entry, _figures(record, entry), told.id)
    return record.but(lists={**record.lists, told.id: told}, **figures)


def _figures(record: Record, entry: Draft) -> Iterator[tuple[State, Count]]:
    """What a list tells of its source's figures: the whole ones, or those that are more than were known."""
    data = entry.data
    account = record.accounts.get(accounts.key(data["source"], data.get("named", "")))
    marks = {name: data.get(name) for name in ("source", "as_of", "verified")}
    for state, n in data["counts"].items():
        known = account.states[state].count.n if account and state in account.states else 0
        if data["complete"] or n > known:
            yield state, Count(n=n, at_least=not data["complete"], **marks)
