"""Stored intakes: saved at once, one transaction a command, nothing done twice, nobody acts who may not."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from client import Token
from incidents.command import Refusal
from incidents.logbook import BrokenChain, verify
from intakes.intake import NEW, Amend, FindFalse, Take
from store.database import open_for_gate
from store.gate import Gate
from store.intakes import Intakes, Kept
from tests.calls import TELLING
from tests.support import OFFICER

ZONE = ZoneInfo("Asia/Shanghai")


class Room:
    """A home's intakes, with one officer who may act."""

    def __init__(self, folder: Path) -> None:
        self.gate = Gate(folder / "store.db")
        self.gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
        self.engine = open_for_gate(folder / "store.db")
        self.intakes = Intakes(self.engine, self.gate, ZONE)

    def take(self, command_id: str = "c1", by: Token = OFFICER, **telling: object) -> Kept | Refusal:
        return self.intakes.keep(NEW, by.sign(NEW, Take, command_id, kind="live", telling=telling))

    def amend(self, number: str, command_id: str, **telling: object) -> Kept | Refusal:
        return self.intakes.keep(number, OFFICER.sign(number, Amend, command_id, telling=telling))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    at = Room(tmp_path)
    yield at
    at.engine.dispose()
    at.gate.close()


def test_a_call_gets_the_next_number_of_its_own_local_day(room: Room) -> None:
    late = datetime(2026, 3, 1, 15, 59, tzinfo=ZoneInfo("UTC"))
    days = [late, late + timedelta(minutes=2), late]
    taken = [room.take(f"c{n}", received_at=at.isoformat()) for n, at in enumerate(days)]
    assert [kept.number for kept in taken if isinstance(kept, Kept)] == ["J20260301001", "J20260302001", "J20260301002"]


def test_the_same_command_again_has_no_second_effect_and_the_same_answer(room: Room) -> None:
    first = room.take("c1", **TELLING)
    assert room.take("c1", **TELLING) == first
    assert len(room.intakes.all()) == 1
    number = room.intakes.all()[0].number
    amended = room.amend(number, "c2", summary="巷道冒顶，有人被困")
    assert room.amend(number, "c2", summary="巷道冒顶，有人被困") == amended == Kept(number, (2, 2))
    assert len(room.intakes.read(number)) == 2


def test_a_command_id_that_another_intake_has_used_is_refused(room: Room) -> None:
    room.take("c1")
    room.take("c2")
    one, other = (intake.number for intake in room.intakes.all())
    room.amend(one, "c3", summary="冒顶")
    refused = room.amend(other, "c3", summary="冒顶")
    assert isinstance(refused, Refusal)
    assert one in refused.reason


def test_whoever_does_not_hold_the_post_saves_nothing_and_the_refusal_is_kept(room: Room) -> None:
    stranger = Token(OFFICER.user, OFFICER.post, "s", Ed25519PrivateKey.generate())
    refused = room.take("c1", by=stranger)
    assert isinstance(refused, Refusal)
    assert (refused.kind, room.intakes.all()) == ("hard", ())
    drill = room.intakes.keep(NEW, OFFICER.sign(NEW, Take, "c2", kind="drill"))
    assert isinstance(drill, Refusal)
    room.take("c3", **TELLING)
    (intake,) = room.intakes.all()
    room.intakes.keep(intake.number, OFFICER.sign(intake.number, FindFalse, "c4", reason="误报", found_by="县局"))
    again = OFFICER.sign(intake.number, FindFalse, "c5", reason="误报", found_by="县局")
    assert isinstance(room.intakes.keep(intake.number, again), Refusal)
    told = [(refusal["incident"], refusal["verb"], refusal["class"]) for refusal in room.gate.refusals()]
    assert told == [(NEW, "take", "hard"), (NEW, "take", "hard"), (intake.number, "false", "plan")]


def test_a_command_signed_for_one_intake_is_nothing_for_another(room: Room) -> None:
    room.take("c1")
    room.take("c2")
    one, other = (intake.number for intake in room.intakes.all())
    assert isinstance(room.intakes.keep(other, OFFICER.sign(one, Amend, "c3", telling={"summary": "x"})), Refusal)
    with pytest.raises(LookupError):
        room.amend("J20260301009", "c4", summary="x")


def test_what_is_listed_is_what_the_log_adds_up_to_and_an_altered_entry_is_named(room: Room) -> None:
    room.take("c1", **TELLING)
    (listed,) = room.intakes.all()
    room.amend(listed.number, "c2", people={"deaths": 2})
    (listed,) = room.intakes.all()
    assert room.intakes.intake(listed.number) == listed
    with room.engine.begin() as raw:
        raw.execute(text("UPDATE intake_entries SET body = replace(body, '巷道冒顶', '巷道完好') WHERE seq = 1"))
    with pytest.raises(BrokenChain, match="entry 1"):
        room.intakes.intake(listed.number)


def test_calls_at_once_get_a_number_each(room: Room, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: room.take(f"c{n}", **TELLING), range(12)))
    numbers = {kept.number for kept in taken if isinstance(kept, Kept)}
    assert numbers == {f"J20260301{serial:03d}" for serial in range(1, 13)}


TYPING = """
import os, signal, sys
from pathlib import Path
from tests.test_store_intakes import Room, OFFICER
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
room = Room(Path(sys.argv[1]))
number = room.take("c0").number
for n, field in enumerate(("when", "enterprise", "summary", "people_said", "asks_for", "words"), start=1):
    if n == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    room.amend(number, f"c{n}", **{field: f"第{n}项"})
"""


@pytest.mark.parametrize("before", [1, 4, 6])
def test_killed_between_two_answers_everything_answered_is_there(tmp_path: Path, before: int) -> None:
    house = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", TYPING, str(tmp_path), str(before)], cwd=house, check=False)
    assert done.returncode == -9
    room = Room(tmp_path)
    (intake,) = room.intakes.all()
    verify(room.intakes.read(intake.number))
    kept = [value.value for values in intake.said.values() for value in values if str(value.value).startswith("第")]
    assert sorted(kept) == [f"第{n}项" for n in range(1, before)]
    room.engine.dispose()
    room.gate.close()
