"""Signing a document (文书签发): the signed file stands in the log by its hash, with the figures that it alone has."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Part, Record
from plans.schema import Plan, Role

Short = Annotated[str, Field(max_length=200)]


class Differing(Part):
    """A figure of the paper that is not what the log had; empty: it is on one side alone."""

    of: Short
    draft: Short = ""
    paper: Short = ""


class SignDocument(Command):
    """A document is signed: which file, by whom, in the signatory's own session or by hand on paper."""

    verb: ClassVar[str] = "sign-document"
    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider", "signatory")
    document: str = Field(pattern=r"^D[1-9][0-9]?[a-c]?$")
    about: Short = ""
    """Which report, task, instruction, leg or approval it tells of."""
    number: Short = ""
    as_at: AwareDatetime
    """As of when its figures stand."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=200)
    signed_by: str = Field(min_length=1, max_length=64)
    form: Literal["in_system", "paper"]
    differing: tuple[Differing, ...] = Field(default=(), max_length=200)
    differs: str = Field(default="", max_length=400)
    """Why they do."""


def sign_document(plan: Plan, record: Record, command: SignDocument, now: datetime) -> Answer:
    if command.as_at > now:
        return Refusal(
            zh=f"as_at：不能晚于现在，现为 {command.as_at.isoformat()}",
            reason=f"as_at: expected a time that is not in the future, found {command.as_at.isoformat()}",
        )
    if command.form == "in_system" and command.signed_by != command.envelope.user:
        return Refusal(
            zh="form：系统内签发须由签发人本人登录；值班员登记纸面签字用 paper",
            reason="form: in_system is the signatory's own session; the watch records a hand on paper as 'paper'",
            kind="hard",
        )
    if command.differing and not command.differs:
        told = "、".join(f"{one.of} {one.draft or '无'}→{one.paper or '无'}" for one in command.differing)
        return Refusal(
            zh=f"differs：文稿数字与日志不一致（{told}），须写明原因",
            reason=f"differs: the paper's figures are not the log's ({told}); expected the reason",
        )
    data = command.told(
        "document", "about", "number", "as_at", "sha256", "name", "signed_by", "form", "differing", "differs"
    )
    return (command.entry("document_signed", now, data),)


def signed(record: Record, entry: Draft) -> Record:
    return record.but(evidence={**record.evidence, entry.data["sha256"]: entry.data["name"]})
