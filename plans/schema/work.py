"""What several chapters use: work that is owed, calls to units, approvals and their pace, notices."""

from __future__ import annotations

from typing import Literal

from plans.schema.words import ChannelName, Clauses, Duration, ElementId, Part, PostId, Skill, UnitId, When


class Work(Part):
    """Something to be done: a short title of ours in Chinese and English. A conditional one is asked about first (yes
    or no, with a reason)."""

    id: ElementId
    """Unique in the whole plan."""
    says: str
    en: str = ""
    clauses: Clauses
    within: Duration | None = None
    """None: no number, so no due time."""
    starts: Literal["given", "occurred"] = "given"
    """What `within` counts from: the giving of the task, or the accident."""
    conditional: bool = False
    on_request: bool = False
    """Waits for a request from below."""
    when: When = When()
    skill: Skill | None = None
    """The competence that it asks for, where not everybody has it."""


class TaskRule(Work):
    """Work that one unit owes."""

    owner: UnitId


class NotifyRule(Part):
    """Whom an event calls; the unit is told the tasks that it is given by the same event. `answer` is the chase: the
    responsible person must answer, else information only."""

    unit: UnitId
    needed: Literal["always", "by_kind", "on_demand"] = "always"
    answer: bool = True
    clauses: Clauses = ()
    when: When = When()


class Stage(Part):
    """One step of an approval: a body or a post acts; any one of `posts` may act for it."""

    stage: Literal["decide", "sign"]
    body: UnitId | None = None
    posts: tuple[PostId, ...]
    enough: Literal["one"] | None = None
    """One of them is enough; None: the plan names several and does not say so."""
    clauses: Clauses


class Proposal(Part):
    """Who lays the matter before those who decide, where the plan says so."""

    by: UnitId
    to: UnitId
    clauses: Clauses


class ApprovalRule(Part):
    """Who must agree, in order. No answer is chased and passed on, never taken for a yes."""

    proposal: Proposal | None = None
    stages: tuple[Stage, ...]
    upward: tuple[PostId, ...] = ()
    """Higher authority: asked when nobody else answers, and always able to sign."""
    one_person: Literal["allowed_and_marked", "refused"] | None = None
    """Whether one person may propose and sign (allowed only by a recorded decision of the plan). None: the plan is
    silent, and it is refused."""
    clauses: Clauses = ()


class ApprovalPace(Part):
    """How long an unanswered approval waits before each step, counted from the request, and how long a decision that
    was spoken may stay unsigned."""

    remind_after: Duration
    substitute_after: Duration
    upward_after: Duration
    ratify_within: Duration
    clauses: Clauses = ()


class ChaseStep(Part):
    """One attempt to reach a recipient: by which channel, and how long to wait for an answer."""

    channel: ChannelName
    wait: Duration


class NoticeRules(Part):
    """notices.yaml: in which order channels are tried, when a message expires, and what is said."""

    chase: tuple[ChaseStep, ...]
    expires_after: Duration
    texts: dict[str, str]
    """Text by occasion (`early`, `proposal`, `reminder`, `order`, `informed`, `more`, `lifted`; and, where the plan has
    one, `group`, `onsite_dissolved`, `handover`, `function`, `task`, `suspended`, `resumed`); `{field}` takes a fact of
    the incident, nothing else is expanded."""
    many_phones: int | None = None
    """From how many phones on the terminal asks before it rings them; None: it never asks."""
    clauses: Clauses = ()
