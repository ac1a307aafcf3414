"""A step of the host's clock is told once, in its direction; small corrections are not."""

import pytest

from cli.clock import HostClock


class Hands:
    """Two clocks that a test sets."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_000_000.0, 50.0

    def clock(self) -> HostClock:
        return HostClock(lambda: self.wall, lambda: self.steady)

    def run(self, seconds: float, step: float = 0.0) -> None:
        self.steady += seconds
        self.wall += seconds + step


@pytest.mark.parametrize("step", [3600.0, -3600.0, 31.0, -31.0])
def test_a_step_over_thirty_seconds_is_told_once_with_its_direction(step: float) -> None:
    hands = Hands()
    clock = hands.clock()
    hands.run(5, step)
    told = clock.stepped()
    assert told is not None
    assert told.total_seconds() == pytest.approx(step)
    hands.run(5)
    assert clock.stepped() is None


def test_what_time_servers_correct_is_not_told_until_it_adds_up() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.run(86_400, 29.0)
    assert clock.stepped() is None
    hands.run(86_400, 2.0)
    assert clock.stepped() is not None
