"""An intake asked for question by question in a terminal; each answer is saved before the next is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import typer

from cli.language import said, tell
from intakes.record import Intake
from intakes.telling import missing
from intakes.typed import read


class Question(NamedTuple):
    """What is asked, for which field, and which of the six facts it answers, if one."""

    field: str
    zh: str
    en: str
    fact: str = ""


QUESTIONS = (
    Question("caller", "来电人、单位、回拨电话", "caller, unit, number to call back", "caller"),
    Question("when", "什么时候（如 14:05、昨天22:10；说不准的照原话）", "when (14:05; or as it was said)", "when"),
    Question("place", "什么地点", "where", "where"),
    Question("unit", "哪个单位（不清楚可填 不清楚）", "which unit (or: unknown)", "unit"),
    Question("what", "发生了什么", "what happened", "what"),
    Question("people", "人员情况（如 死亡1 失联3以上；或 不清楚）", "people (deaths=1 missing>=3)", "people"),
    Question("channel", "来源（值班电话、110、119、120、乡镇、企业…）", "channel (duty-phone, 110, 119, …)"),
    Question("calling_number", "来电号码", "calling number"),
    Question("asks_for", "对方请求", "asks for"),
    Question("words", "其他", "anything else"),
)
"""The six facts first: whoever must put the phone down has them."""


def asks(words: list[str] | None, file: str | None) -> bool:
    """Whether nothing was given and somebody sits at the terminal."""
    return not words and file is None and sys.stdin.isatty()


def ask(now_known: Callable[[], Intake], save: Callable[[dict[str, Any]], str | None], zone: ZoneInfo) -> None:
    """Ask what nobody has said yet. Enter skips; the end of input, or Ctrl-C, loses nothing."""
    intake = now_known()
    lacks, told = missing(intake.told), intake.said
    try:
        for question in QUESTIONS:
            if question.fact in lacks if question.fact else question.field not in told:
                _one(question, save, zone)
    except (EOFError, KeyboardInterrupt, typer.Abort):
        number = intake.number
        tell(
            f"\n已填的都在 {number}；续填：fenghuo intake amend {number}",
            f"\nwhat was answered is in {number}; to go on: fenghuo intake amend {number}",
            err=True,
        )


def _one(question: Question, save: Callable[[dict[str, Any]], str | None], zone: ZoneInfo) -> None:
    while True:
        text = typer.prompt(said(question.zh, question.en), default="", show_default=False, err=True).strip()
        if not text:
            return
        why = save(read(question.field, text, datetime.now(UTC), zone))
        if why is None:
            return
        typer.echo(why, err=True)
