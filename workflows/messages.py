"""What an incident's workflow is started with, carries over, and answers."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from incidents.command import Refusal
from incidents.logbook import Entry
from incidents.record import Part, Record

INCIDENT = "Incident"
"""Type of the workflow: who starts one, or asks one, need not load what it is made of."""
RECORD = "record"
"""The query that gives the folded record."""
REFUSED = "Refused"
"""Error type of a refusal; its detail is the refusal."""
DONE = "Done"
"""Error type of the answer to a command that was done long ago; its details are the first and last entry."""


def refused(refusal: Refusal) -> ApplicationError:
    """A refusal as the engine carries it to the person who asked."""
    return ApplicationError(refusal.reason, refusal.model_dump(mode="json"), type=REFUSED, non_retryable=True)


class Receipt(Part):
    """A command was taken: the numbers of the first and last entry it brought."""

    command_id: str
    seq: tuple[int, int]


class Carried(Part):
    """All that one run hands to the next: the folded record, the entries that the store has not confirmed yet, the
    command ids handled last, and how far machine events were read."""

    record: Record
    tail: tuple[Entry, ...] = ()
    handled: Mapping[str, tuple[int, int]] = {}
    cursor: int = 0
    roll_over_after: int | None = None
    """Overrides the usual number of events, for tests of the boundary."""


class _Payloads(PydanticPayloadConverter):
    """JSON without what nobody set: a report leaves most of its counts out."""

    def __init__(self) -> None:
        super().__init__(ToJsonOptions(exclude_unset=True))


CONVERTER = DataConverter(payload_converter_class=_Payloads)
"""How everything is written that passes through the engine: every client and worker of ours uses it."""
