"""Wrong releases: whatever they change, one of the checks that guard this one objects.

Every third of them here; `make mutants` tries them all with every check."""

import sys

import pytest

from tests.mutants import MUTANTS, ROOT, try_all


def test_every_third_of_twenty_and_more_wrong_releases_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(MUTANTS) >= 20
    caught = list(try_all(MUTANTS[::3]))
    with capsys.disabled():
        sys.stdout.write("\n")
        for mutant, by, _ in caught:
            sys.stdout.write(f"{mutant.name}: {', '.join(by) or 'NOT CAUGHT'}\n")
    assert [one.mutant.name for one in caught if not one.by] == []


def test_what_a_wrong_release_replaces_still_stands_once() -> None:
    """So that the others do not rot between two runs of `make mutants`."""
    assert [m.name for m in MUTANTS if (ROOT / m.file).read_text("utf-8").count(m.old) != 1] == []
