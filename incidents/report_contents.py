"""What a written report carries (报告内容): which of the plan's items are known, and which are still being verified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from incidents.command import Refusal
from incidents.record import Record
from plans.schema import Clauses, Plan

VERIFYING = "正在核实"
"""How an item stands in a report that nobody can tell yet: never 0, never left out."""


class Contents(NamedTuple):
    """The items of one report by id: carried, or being verified. `clauses` are those that are met whole."""

    carried: tuple[str, ...]
    verifying: tuple[str, ...]
    clauses: Clauses

    def told(self, words: Mapping[str, str]) -> dict[str, Any]:
        """As JSON, with what was told in words."""
        said = {name: text for name, text in words.items() if name in self.carried}
        return {"carried": list(self.carried), "verifying": list(self.verifying), "told": said}


def carried(plan: Plan, record: Record, words: Mapping[str, str], signed: bool) -> Contents | Refusal:
    """What a report carries that goes out now with these items in words: the rest is read from the record."""
    items = {item.id: item for item in plan.reporting.fields}
    if unknown := [name for name in words if name not in items]:
        return Refusal(
            zh=f"fields：应为预案中的报告内容 {', '.join(items) or '（无）'}，现为 {unknown[0]}",
            reason=f"fields: expected items of the plan's reports, {', '.join(items) or 'none'}; found {unknown[0]}",
        )
    facts = {"sender", "sent_at", *(["signed_by"] if signed else []), *_known(record)}
    has = {name for name, item in items.items() if name in words or facts & set(item.known_from)}
    has -= {name for name, text in words.items() if text.strip() == VERIFYING}
    open_ = tuple(name for name in items if name not in has)
    # A clause asks for everything that stands under it.
    owed = {clause for name in open_ for clause in items[name].clauses}
    met = dict.fromkeys(clause for name in items if name in has for clause in items[name].clauses if clause not in owed)
    return Contents(tuple(name for name in items if name in has), open_, tuple(met))


def _known(record: Record) -> Iterator[str]:
    """The facts that are there, by the words of the schema; a count only once it is verified or official."""
    told = record.known().model_dump(exclude_none=True, exclude_defaults=True)
    yield from told.keys() - record.hearsay.keys()
    yield from record.counts
    # Every report of an accident says in short what happened.
    yield "course"
    if record.support:
        yield "help_asked"
    if any(task.state == "done" for task in record.tasks.values()):
        yield "measures_taken"
