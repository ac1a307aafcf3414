"""The shape of a plan: what a government's emergency plan says, chapter by chapter, as frozen data.

A plan is a folder of YAML files, one for each chapter (see `plans.library`). The same models read both layers: what the
plan *says*, where a hole is an empty field and a contradiction stands under `against`, and the *effective* plan, in
which `decisions.yaml` has filled the holes. Field names follow the field's own vocabulary (plan terms, ICS); durations
are ISO 8601 and become `timedelta`.
"""

from __future__ import annotations

from typing import Literal

from plans.schema.command import CommandRules, Formation, GroupList, Handover, Naming, OnSiteHq, Power
from plans.schema.ending import (
    Condition,
    Lifting,
    RecoveryRules,
    RecoveryTask,
    TerminationRules,
    WindowRule,
    Withdrawal,
)
from plans.schema.grading import Bounds, Criterion, Factor, Factors, GradeName, Grading, NationalGrading, Scale
from plans.schema.organisation import About, CrossReference, Duty, Group, Jurisdiction, Post, Scope, Unit
from plans.schema.preparedness import DrillRule, Preparedness, Requisition, Resource, Revision
from plans.schema.release import ReleaseRule, ReleaseRules
from plans.schema.reporting import Handling, ReportField, Reporting, ReportRule, ReportTrigger
from plans.schema.response import (
    Attention,
    Base,
    Disposal,
    LevelChange,
    LevelRule,
    MeasurePack,
    Period,
    ResponseRules,
    Start,
)
from plans.schema.warning import Adjustment, Ahead, ColourRule, Publisher, WarningRules
from plans.schema.words import (
    COLOURS,
    GRADES,
    Against,
    ChannelName,
    Circumstance,
    ClauseId,
    Clauses,
    Colour,
    ElementId,
    Frozen,
    Grade,
    GroupId,
    Item,
    Known,
    Leg,
    Measure,
    NationalRole,
    Part,
    PostId,
    Role,
    Sector,
    Skill,
    Trigger,
    UnitId,
    When,
    severity,
)
from plans.schema.work import (
    ApprovalPace,
    ApprovalRule,
    ChaseStep,
    NoticeRules,
    NotifyRule,
    Proposal,
    Stage,
    TaskRule,
    Work,
)

__all__ = [
    "COLOURS",
    "GRADES",
    "About",
    "Adjustment",
    "Against",
    "Ahead",
    "ApprovalPace",
    "ApprovalRule",
    "Attention",
    "Base",
    "Bounds",
    "Change",
    "ChannelName",
    "ChaseStep",
    "Circumstance",
    "ClauseId",
    "Clauses",
    "Colour",
    "ColourRule",
    "CommandRules",
    "Condition",
    "Criterion",
    "CrossReference",
    "Decision",
    "Disposal",
    "DrillRule",
    "Duty",
    "ElementId",
    "Factor",
    "Factors",
    "Formation",
    "Frozen",
    "Grade",
    "GradeName",
    "Grading",
    "Group",
    "GroupId",
    "GroupList",
    "Handling",
    "Handover",
    "Item",
    "Jurisdiction",
    "Known",
    "Leg",
    "LevelChange",
    "LevelRule",
    "Lifting",
    "Measure",
    "MeasurePack",
    "Naming",
    "NationalGrading",
    "NationalRole",
    "NoticeRules",
    "NotifyRule",
    "OnSiteHq",
    "Outside",
    "Part",
    "Period",
    "Plan",
    "Post",
    "PostId",
    "Power",
    "Preparedness",
    "Proposal",
    "Publisher",
    "RecoveryRules",
    "RecoveryTask",
    "ReleaseRule",
    "ReleaseRules",
    "ReportField",
    "ReportRule",
    "ReportTrigger",
    "Reporting",
    "Requisition",
    "Resource",
    "ResponseRules",
    "Revision",
    "Role",
    "Scale",
    "Scope",
    "Sector",
    "Skill",
    "Stage",
    "Start",
    "TaskRule",
    "TerminationRules",
    "Trigger",
    "Unit",
    "UnitId",
    "WarningRules",
    "When",
    "WindowRule",
    "Withdrawal",
    "Work",
    "severity",
]


class Change(Frozen):
    """One edit of what the plan says: `at` is a path of keys and ids (`grading/criteria/CLAUSE/counts`)."""

    at: str
    to: object


class Decision(Frozen):
    """What was decided where the text is silent or contradicts itself."""

    id: str
    choice: str
    reason: str
    basis: Literal["text", "national", "our_choice"]
    confirmed: bool = False
    """Confirmed by the plan's owner."""
    changes: tuple[Change, ...] = ()
    settles: tuple[str, ...] = ()
    """Findings of `fenghuo plan check` that it settles by judgement alone, each as `rule place`: where nothing in the
    data changes."""


class Outside(Frozen):
    """A clause that asks nothing of an incident, with the reason why no element homes it."""

    clause: ClauseId
    reason: str


class Plan(Frozen):
    """A whole plan, effective: what it says, our decisions applied, national rules joined in."""

    name: str
    about: About
    units: dict[UnitId, Unit]
    posts: dict[PostId, Post]
    groups: dict[GroupId, Group] = {}
    grading: Grading
    national: NationalGrading
    """The national thresholds beside the plan's own: the higher grade counts."""
    warning: WarningRules | None = None
    reporting: Reporting
    notices: NoticeRules
    disposal: Disposal
    response: ResponseRules
    command: CommandRules
    release: ReleaseRules | None = None
    termination: TerminationRules
    recovery: RecoveryRules
    preparedness: Preparedness | None = None
    decisions: tuple[Decision, ...] = ()
    outside: tuple[Outside, ...] = ()
    silent: tuple[str, ...] = ()
    """Chapters that the folder does not have."""

    @property
    def watch(self) -> UnitId | None:
        """The unit that keeps the duty watch."""
        return next((name for name, unit in self.units.items() if unit.national_role == "watch"), None)
