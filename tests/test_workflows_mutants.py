"""Wrong releases: whatever they change, one of the checks that guard this one objects."""

import sys

import pytest

from tests.mutants import MUTANTS, try_all


def test_every_one_of_twenty_and_more_wrong_releases_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(MUTANTS) >= 20
    caught = list(try_all(MUTANTS))
    with capsys.disabled():
        sys.stdout.write("\n")
        for mutant, by, _ in caught:
            sys.stdout.write(f"{mutant.name}: {', '.join(by) or 'NOT CAUGHT'}\n")
    assert [one.mutant.name for one in caught if not one.by] == []
