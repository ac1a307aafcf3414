"""Closing the file, once no deadline runs any more."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from incidents.command import Answer, Command, Refusal
from incidents.logbook import Entry
from incidents.record import Record


class Close(Command):
    """The file is closed: nothing more is expected."""

    verb: ClassVar[str] = "close"
    reason: str = Field(min_length=1, max_length=400)


def close(record: Record, command: Close, now: datetime) -> Answer:
    running = [clock.id for clock in record.clocks.values() if clock.verdict in ("running", "due_soon")]
    if running:
        return Refusal(reason=f"close: deadlines still run: {', '.join(running)}", kind="plan")
    return (command.entry("closed", now, {"reason": command.reason}),)


def closed(record: Record, entry: Entry) -> Record:
    return record.model_copy(update={"closed": True})
