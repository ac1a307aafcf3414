"""The intakes of a home, as the terminal reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from zoneinfo import ZoneInfo

from cli import desk
from cli.exits import Exit, stop
from incidents.logbook import BrokenChain
from intakes.record import Intake
from settings import Settings
from store.database import open_for_gate
from store.intakes import Intakes


@contextmanager
def intakes(settings: Settings) -> Iterator[Intakes]:
    """The stored intakes of this home's kind."""
    gate = desk.gate(settings)
    engine = open_for_gate(settings.folder / "store.db")
    try:
        yield Intakes(engine, gate, ZoneInfo(settings.time_zone))
    finally:
        engine.dispose()
        gate.close()


def kept(settings: Settings, number: str) -> Intake:
    """How an intake stands. One that is not there, or was altered, ends the command."""
    with intakes(settings) as store:
        try:
            return store.intake(number)
        except LookupError:
            not_found(settings, number)
        except BrokenChain as broken:
            stop(Exit.FAULT, f"{number}：记录已被改动：{broken}", f"{number}: altered: {broken}")


def not_found(settings: Settings, number: str) -> NoReturn:
    """End with the words for a number that nobody knows here, and a hint where the other kind may have it."""
    other, kind = ("drill", "实战") if settings.kind == "live" else ("live", "演练")
    zh, en = f"{number}：本机{kind}中没有此接报", f"{number}: no such {settings.kind} intake here"
    if (settings.home / other / "store.db").exists():
        hint = "fenghuo drill intake ..." if other == "drill" else "fenghuo intake ..."
        zh, en = f"{zh}；另一类请用 `{hint}`", f"{en}; for the other kind: `{hint}`"
    stop(Exit.NOT_FOUND, zh, en)
