"""What people ask of an incident, and the two kinds of answer: entries, or a refusal in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incidents.envelope import Envelope
from incidents.logbook import Draft
from plans.schema import Role

RefusalClass = Literal["hard", "plan", "form"]
"""hard: the system itself would do harm or lie; plan: the plan says otherwise; form: something is missing."""


class Command(BaseModel):
    """One act of a person in a post. `verb` is its name on the wire and in the terminal; `roles` may use it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    verb: ClassVar[str]
    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider", "signatory", "leader")

    envelope: Envelope
    true_at: AwareDatetime | None = None
    """When it was true, if not now; never in the future."""

    def entry(self, kind: str, now: datetime, data: dict[str, Any], clauses: tuple[str, ...] = ()) -> Draft:
        """A draft of an entry by this person, known now."""
        return Draft(
            true_at=self.true_at or now,
            known_at=now,
            kind=kind,
            user=self.envelope.user,
            post=self.envelope.post,
            clauses=clauses,
            data=data,
        )

    def told(self, *fields: str) -> dict[str, Any]:
        """These fields of what was asked, as JSON, empty ones left out."""
        return self.model_dump(mode="json", include=set(fields), exclude_none=True)


class Refusal(BaseModel):
    """Why a command was not taken, in plain words for the person who asked: `zh` in Chinese, `reason` in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    reason: str
    kind: RefusalClass = "form"
    clauses: tuple[str, ...] = ()


Answer = tuple[Draft, ...] | Refusal


def by_system(
    kind: str, true_at: datetime, now: datetime, data: dict[str, Any], clauses: tuple[str, ...] = ()
) -> Draft:
    """An entry that no person made: a clock that passed, a receipt that came, what a rule brings."""
    return Draft(true_at=true_at, known_at=now, kind=kind, user="system", post="system", clauses=clauses, data=data)
