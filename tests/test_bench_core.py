"""What one answer of the core costs: a promised bound."""

import sys
from statistics import median

import pytest

from bench.core import core
from bench.scene import MOST_MICROSECONDS


def test_a_command_is_answered_in_a_tenth_of_a_millisecond_on_a_log_of_two_hundred_entries(
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured = core(batches=40).handle
    with capsys.disabled():
        told = ", ".join(f"{verb} {took:.0f} us" for verb, took in measured.items())
        sys.stdout.write(f"\nhandle() at 200 entries: {told}\n")
    assert median(measured.values()) < MOST_MICROSECONDS
