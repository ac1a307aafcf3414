"""The record: what the entries add up to. The state of an incident is the fold of its logbook, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incidents.logbook import Head
from statecharts.clock import CLOCK
from statecharts.notice import NOTICE


class Part(BaseModel):
    """A piece of the record: frozen, replaced and never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Clock(Part):
    """A deadline: an instant fixed by the fact that started it. `verdict` is its place in the clock chart."""

    id: str
    says: str
    clause: str
    soft: bool
    starts_at: AwareDatetime
    due_at: AwareDatetime
    warn_at: AwareDatetime
    done_at: AwareDatetime | None = None
    verdict: str = CLOCK.initial


class Step(Part):
    """One attempt to reach a recipient: by which channel, and how long to wait for an answer."""

    channel: str
    wait: timedelta


class Recipient(Part):
    """Where one unit stands in a notice; `step` counts the attempts from 0."""

    unit: str
    step: int = 0
    state: str = NOTICE.initial


class Notice(Part):
    """A message to units, chased by steps until the responsible person answers."""

    id: str
    text: str
    steps: tuple[Step, ...]
    recipients: Mapping[str, Recipient]
    chase_at: AwareDatetime | None = None
    """When those who have not answered are tried by the next step; None before the first sending."""


class Record(Part):
    """The folded state of one incident, as carried across continue-as-new."""

    id: str
    opened_at: AwareDatetime
    head: Head = Head()
    clocks: Mapping[str, Clock] = {}
    notices: Mapping[str, Notice] = {}
    closed: bool = False
