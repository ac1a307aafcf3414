"""`sync`: what is written at once, what it stays open for, and what it refuses."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.contracts import SyncRequest
from activities.logbook import Logbook
from incidents.logbook import Draft, Entry, Head, seal
from incidents.notices import Answered
from store.database import open_database
from store.logbook import Logbooks

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def lines(*words: str) -> tuple[Entry, ...]:
    drafts = [Draft(true_at=NOW, known_at=NOW, kind="noted", user="u", post="p", data={"words": w}) for w in words]
    return seal(Head(), drafts)


def request(entries: tuple[Entry, ...]) -> SyncRequest:
    head = Head(seq=entries[-1].seq, hash=entries[-1].hash)
    return SyncRequest.model_validate_json(
        SyncRequest.of(entries, head, incident="i", cursor=0).model_dump_json(exclude_unset=True)
    )


@pytest.fixture
async def logbooks(tmp_path: Path) -> AsyncIterator[Logbooks]:
    database = await open_database(tmp_path / "store.db")
    yield Logbooks(database)
    await database.dispose()


async def stored(logbooks: Logbooks, count: int) -> None:
    async with asyncio.timeout(5):
        while len(await logbooks.read("i")) < count:
            await asyncio.sleep(0.01)


async def test_entries_are_stored_at_once_and_an_answer_that_comes_while_it_stays_open_is_read_with_them(
    logbooks: Logbooks,
) -> None:
    running = asyncio.create_task(
        ActivityEnvironment().run(Logbook(logbooks, timedelta(seconds=1)).sync, request(lines("甲", "乙")))
    )
    await stored(logbooks, 2)
    assert not running.done()
    await logbooks.answer("i", Answered(notice="N1", unit="fire_brigade", by="值班员", at=NOW))
    result = await running
    assert result.head.seq == 2
    assert [event.unit for event in result.events] == ["fire_brigade"]


async def test_a_worker_that_is_asked_to_stop_waits_for_nothing_more(logbooks: Logbooks) -> None:
    environment = ActivityEnvironment()
    running = asyncio.create_task(environment.run(Logbook(logbooks, timedelta(hours=1)).sync, request(lines("甲"))))
    await stored(logbooks, 1)
    environment.worker_shutdown()
    async with asyncio.timeout(5):
        assert (await running).head.seq == 1


async def test_entries_that_do_not_add_up_to_the_hash_they_were_sealed_with_are_not_stored(logbooks: Logbooks) -> None:
    asked = request(lines("甲", "乙"))
    other = asked.drafts[0].model_copy(update={"data": {"words": "丙"}})
    altered = asked.model_copy(update={"drafts": (other, asked.drafts[1])})
    with pytest.raises(ValueError, match="not what was sealed as entry 2"):
        await ActivityEnvironment().run(Logbook(logbooks).sync, altered)
    assert await logbooks.read("i") == ()


async def test_the_same_entries_again_with_more_behind_them_are_taken_once(logbooks: Logbooks) -> None:
    door = Logbook(logbooks)
    await ActivityEnvironment().run(door.sync, request(lines("甲")))
    await ActivityEnvironment().run(door.sync, request(lines("甲", "乙")))
    assert await logbooks.read("i") == lines("甲", "乙")
