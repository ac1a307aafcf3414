"""The logbook: one changed byte is named, a missing line is named."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from incidents.logbook import GENESIS, BrokenChain, Draft, Entry, Head, canonical, seal, verify

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=timezone(timedelta(hours=8)))


def line(words: str) -> Draft:
    return Draft(true_at=NOON, known_at=NOON, kind="note", user="u1", post="first_officer", data={"words": words})


ENTRIES = seal(Head(), [line("一"), line("二"), line("三")])


def test_the_first_entry_follows_sixty_four_zeros_and_each_other_the_one_before() -> None:
    assert ENTRIES[0].prev == GENESIS
    assert [entry.seq for entry in ENTRIES] == [1, 2, 3]
    assert verify(ENTRIES) == Head(seq=3, hash=ENTRIES[2].hash)


def test_sealing_in_two_goes_gives_the_same_chain_as_in_one() -> None:
    first = seal(Head(), [line("一")])
    assert first + seal(verify(first), [line("二"), line("三")]) == ENTRIES


@pytest.mark.parametrize("field", ["kind", "user", "post", "true_at", "known_at", "data", "clauses"])
def test_a_changed_field_is_found_and_the_entry_named(field: str) -> None:
    other = {"true_at": NOON.astimezone(UTC), "known_at": NOON + timedelta(seconds=1), "data": {"words": "x"}}
    changed = ENTRIES[1].model_copy(update={field: other.get(field, ("LS-1",) if field == "clauses" else "x")})
    with pytest.raises(BrokenChain, match="entry 2: its content"):
        verify([ENTRIES[0], changed, ENTRIES[2]])


def test_a_removed_or_swapped_entry_is_found() -> None:
    with pytest.raises(BrokenChain, match="entry 3: expected number 2"):
        verify([ENTRIES[0], ENTRIES[2]])
    with pytest.raises(BrokenChain, match="entry 2: expected number 1"):
        verify([ENTRIES[1], ENTRIES[0]])


def test_an_entry_survives_json_with_the_same_hash() -> None:
    again = [Entry.model_validate_json(entry.model_dump_json()) for entry in ENTRIES]
    assert verify(again).hash == ENTRIES[2].hash


def test_the_canonical_form_sorts_keys_and_keeps_chinese() -> None:
    text = canonical(line("矿"), 1, GENESIS).decode()
    assert "矿" in text
    assert list(json.loads(text)) == sorted(json.loads(text))
