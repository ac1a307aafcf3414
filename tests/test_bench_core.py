"""What one answer of the core costs: a promised bound."""

import sys
from statistics import median
from time import sleep

import pytest

from bench.core import core
from bench.scene import MOST_MICROSECONDS


def test_a_command_is_answered_in_a_tenth_of_a_millisecond_on_a_log_of_two_hundred_entries(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a busy machine it is measured again a little later; the calmest counts, for other work only ever adds."""
    measured = core(batches=40).handle
    for _ in range(5):
        if median(measured.values()) < MOST_MICROSECONDS:
            break
        sleep(5)
        measured = {verb: min(took, measured[verb]) for verb, took in core(batches=40).handle.items()}
    with capsys.disabled():
        told = ", ".join(f"{verb} {took:.0f} us" for verb, took in measured.items())
        sys.stdout.write(f"\nhandle() at 200 entries: {told}\n")
    assert median(measured.values()) < MOST_MICROSECONDS
