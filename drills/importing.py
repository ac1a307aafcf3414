"""A script made from the rows of an accident as it became known, all of it from the record.

What was known becomes a report of facts, what authorities did an external record. People, units and limits are usual
ones, to be edited. Rows: `{"true_at", "kind", "text", "dead"?, "missing"?, "injured"?}`; kind `E` is what happened,
`K` what was known then, `A` what an authority did.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from plans.schema import Plan, Sector

CALLED_AFTER = timedelta(minutes=30)
"""The rows have no first call: one is made up, so long after the event."""
ENTERED_AFTER = timedelta(minutes=2)

_COUNTS = {"dead": "deaths", "missing": "missing", "injured": "injuries"}
_USUAL = timedelta(minutes=10)


class Row(BaseModel):
    """One fact with its time."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    true_at: AwareDatetime
    kind: Literal["E", "K", "A"]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    dead: Annotated[int, Field(ge=0)] | None = None
    missing: Annotated[int, Field(ge=0)] | None = None
    injured: Annotated[int, Field(ge=0)] | None = None

    def findings(self) -> dict[str, Any]:
        """The counts, as an official source tells them."""
        told = {measure: getattr(self, name) for name, measure in _COUNTS.items()}
        return {measure: {"n": n, "source": "onsite-hq"} for measure, n in told.items() if n is not None}


class Accident(BaseModel):
    """An accident as rows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str = Field(min_length=1, max_length=100)
    title: str = Field(min_length=1, max_length=200)
    outline: str = Field(default="", max_length=2000)
    rows: tuple[Row, ...] = Field(min_length=1)


def script(told: Accident, plan: Plan, sector: Sector = "other") -> dict[str, Any]:
    """The case as plain data, for a YAML file."""
    rows = sorted(told.rows, key=lambda row: row.true_at)
    first, received = rows[0], rows[0].true_at + CALLED_AFTER
    watch = [name for name, post in plan.posts.items() if "watch" in post.roles][:2]
    leaders = dict.fromkeys(
        post for level in plan.response.levels.values() for stage in level.approval.stages for post in stage.posts
    )
    facts: dict[str, Any] = {
        "occurred_at": first.true_at.isoformat(),
        "received_at": received.isoformat(),
        "sector": sector,
        "place": {"name": told.title},
        "enterprise": "unknown",
        "summary": first.text,
        "reporter": "接报值班员",
    }
    if sector not in plan.about.scope.accepts:
        facts["scope_accepted"] = {"by": "带班领导", "reason": "演练：作为发生在本地处置"}
    return {
        "title": {"says": told.title, "en": told.title},
        "outline": {"says": told.outline or told.title, "en": told.outline or told.title},
        "plan": plan.name,
        "starts_at": (received + ENTERED_AFTER).isoformat(),
        "facts": facts,
        "watch": {"first": watch[0], "second": watch[-1]},
        "leaders": {post: {"after": "PT10M", "form": "oral"} for post in leaders},
        "units": {"after": "PT5M"},
        "legs": {"after": "PT20M"},
        "tasks": "PT6H",
        "papers": "PT12H",
        "script": list(_lines(rows, watch[0], received + ENTERED_AFTER)),
    }


def _lines(rows: list[Row], watch: str, opened: Any) -> Iterator[dict[str, Any]]:
    for row in rows[1:]:
        at = max(row.true_at, opened)
        line = {"at": at.isoformat(), "by": watch, "says": row.text, "en": row.text, "source": "record"}
        if findings := row.findings():
            yield {**line, "do": "report-facts", "with": {"findings": findings, "source": "现场指挥部"}}
        elif row.kind == "A":
            yield {**line, "do": "record-external", "with": {"by": "有关部门", "words": row.text}}
        else:
            yield {**line, "do": "note", "with": {"words": row.text}}
