"""With people in it the clock runs as fast as told and no faster, a controller holds or releases injects, and what real
people hold is left to them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from drills import case
from drills.case import Case, Line
from drills.core import CoreGround
from drills.pacing import FASTEST, Controller, Paced
from drills.player import Player, Scene
from tests.playing import BEGINS, holders
from tests.support import PLAN

JIAMA = case.read(case.find("jiama-2013"))


def paced(speed: int, told: Case, people: Sequence[str] = (), controller: Controller | None = None) -> list[Scene]:
    """Every scene of a case whose clock is driven; seconds that pass on the wall are counted, not waited for."""
    slept.clear()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def scenes() -> list[Scene]:
        ground = Paced(CoreGround("paced", holders(told.plan), BEGINS), speed, sleep)
        player = Player(told, PLAN, ground, holders(told.plan), people, controller)
        return [scene async for scene in player.play(BEGINS)]

    return asyncio.run(scenes())


slept: list[float] = []

MORNING = JIAMA.model_copy(update={"lasts": timedelta(hours=1)})


def test_an_hour_at_sixty_takes_a_minute_and_the_verdicts_stay() -> None:
    scenes = paced(60, MORNING)
    assert sum(slept) == pytest.approx(60, abs=1)
    assert max(slept) <= 1, "people are looked after every second"
    clocks = scenes[-1].record.clocks
    assert (clocks["paper-party"].verdict, clocks["paper-government"].verdict) == ("met", "overdue")


def test_nobody_runs_faster_than_people_can_follow() -> None:
    for speed in (0, FASTEST + 1):
        with pytest.raises(ValueError, match=f"speed: expected 1 to {FASTEST}"):
            Paced(CoreGround("paced", {}, BEGINS), speed)


def test_what_real_people_hold_is_left_to_them_and_shown() -> None:
    scenes = paced(60, MORNING, people=("first_officer",))
    assert scenes[-1].record.level is None, "nobody proposed a level: that was the officer's"
    left = [scene.line.do for scene in scenes if scene.line and scene.left == "people"]
    assert left == ["report-facts", "declare-handover", "propose-level"]
    answered = {entry.user for scene in scenes for entry in scene.entries if entry.kind == "report_sent"}
    assert not answered


def line(inject: str = "telephone") -> Line:
    first = JIAMA.script[0]
    return first.model_copy(update={"inject": inject})


def test_a_controller_holds_releases_and_skips_injects_and_nothing_else() -> None:
    controller = Controller()
    assert controller.verdict(line(), due=False) == "wait"
    assert controller.verdict(line(), due=True) == "go"
    controller.hold()
    assert controller.verdict(line(), due=True) == "wait"
    assert controller.verdict(line(inject=""), due=True) == "go", "what players do by themselves is not held"
    controller.release()
    assert [controller.verdict(line(), due=False), controller.verdict(line(), due=False)] == ["go", "wait"]
    controller.skip()
    assert controller.verdict(line(), due=False) == "skip"
    controller.go()
    assert controller.verdict(line(), due=True) == "go"


def test_a_held_inject_comes_when_it_is_released_and_time_goes_on_meanwhile() -> None:
    held = MORNING.model_copy(update={"script": (line(), *JIAMA.script[1:])})

    class Late(Controller):
        """Releases after many looks."""

        looks = 0

        def verdict(self, line: Line, due: bool) -> str:  # type: ignore[override]
            self.looks += 1
            if self.looks == 60:
                self.release()
            return super().verdict(line, due)

    controller = Late()
    controller.hold()
    scenes = paced(60, held, controller=controller)
    released = next(scene for scene in scenes if scene.line)
    assert released.at > held.starts_at + timedelta(minutes=30), "it was due after seven minutes"
    assert scenes[-1].at - held.starts_at == timedelta(hours=1)
