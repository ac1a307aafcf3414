"""Declare a chart, compile it once, step it purely. The only module that knows `transitions`.

A chart is declared in the words of the library (nested states, arrows with guards) and compiled, when the process
starts, into a table from (state, trigger) to arrows. `step()` reads the table and touches nothing else: a
`HierarchicalMachine` keeps scope on itself, is slow to build and must not be shared between incidents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transitions.extensions.nesting import HierarchicalMachine

StateShape = str | Mapping[str, Any]
Guard = Callable[[Any], bool]
"""A named pure predicate on the facts that the caller passes to `step()`."""


class ChartFault(ValueError):
    """A chart is declared wrongly: raised while compiling, never while stepping."""


class Refused(Exception):
    """The move is not an arrow of the chart from where it stands.

    `chart`, `state` and `trigger` say what was tried, `possible` what the chart offers instead, `guards` the predicates
    that were false where an arrow exists.
    """

    def __init__(self, chart: Chart, state: str, trigger: str, guards: tuple[str, ...] = ()) -> None:
        self.chart, self.state, self.trigger, self.guards = chart.name, state, trigger, guards
        self.possible = chart.possible(state)
        why = f"needs {', '.join(guards)}" if guards else f"possible: {', '.join(self.possible) or 'nothing'}"
        super().__init__(f"{chart.name}: no '{trigger}' from '{state}' ({why})")


@dataclass(frozen=True, slots=True)
class Arrow:
    """One move: on `trigger` from any of `sources` to `target`, if every guard holds. `*` stands for any state."""

    trigger: str
    sources: str | tuple[str, ...]
    target: str
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A compiled arrow between two leaf states."""

    source: str
    trigger: str
    target: str
    guards: tuple[str, ...]


class Chart:
    """A compiled chart: its leaf states (dotted paths), its first state and its table of moves."""

    def __init__(
        self,
        name: str,
        initial: str,
        states: tuple[str, ...],
        moves: Mapping[tuple[str, str], tuple[Move, ...]],
        guards: Mapping[str, Guard],
        zh: Mapping[str, str],
    ) -> None:
        self.name, self.initial, self.states, self.zh = name, initial, states, zh
        self._moves, self._guards = moves, guards

    def step(self, state: str, trigger: str, facts: Any = None) -> str:
        """The state after `trigger`. Raises `Refused` where no arrow leads on, or its guards are false."""
        move, failed = self._open(state, trigger, facts)
        if move is None:
            raise Refused(self, state, trigger, failed)
        return move.target

    def can(self, state: str, trigger: str, facts: Any = None) -> bool:
        """Whether `step` would be taken."""
        # Asked far more often than a step is taken, and mostly answered with no: nobody reads a refusal's words here.
        return self._open(state, trigger, facts)[0] is not None

    def _open(self, state: str, trigger: str, facts: Any) -> tuple[Move | None, tuple[str, ...]]:
        """The move that `step` takes, or None and the guards that were false at the last one tried."""
        failed: tuple[str, ...] = ()
        for move in self._moves.get((state, trigger), ()):
            failed = tuple(guard for guard in move.guards if not self._guards[guard](facts))
            if not failed:
                return move, ()
        return None, failed

    def possible(self, state: str) -> tuple[str, ...]:
        """The triggers that lead on from `state`, guards aside."""
        return tuple(sorted(trigger for source, trigger in self._moves if source == state))

    def ends(self, state: str) -> bool:
        """Whether nothing leads on from `state`."""
        return not self.possible(state)

    def words(self, name: str) -> str:
        """The chart, a state, a trigger or a guard in Chinese, as people read it; a place inside another names both."""
        return "·".join(self.zh.get(part, part) for part in name.split("."))

    def moves(self) -> Iterator[Move]:
        """Every compiled move, for drawing and for the test that walks them all."""
        for moves in self._moves.values():
            yield from moves


def within(state: str, place: str) -> bool:
    """Whether a dotted `state` is `place` or lies inside it."""
    return state == place or state.startswith(place + ".")


def machine(
    states: Sequence[StateShape], initial: str, arrows: Sequence[Arrow], guards: Mapping[str, Guard]
) -> HierarchicalMachine:
    """The declared chart as a live machine without a model: for compiling, and for the test that walks all moves."""
    built = _Machine(model=None, states=list(states), initial=initial, auto_transitions=False, send_event=True)
    known = set(built.get_nested_state_names())
    for arrow in arrows:
        sources = (arrow.sources,) if isinstance(arrow.sources, str) else arrow.sources
        # The library builds a misspelt place in silence.
        for place in (*sources, arrow.target):
            if place != "*" and place not in known:
                raise ChartFault(f"arrow '{arrow.trigger}': no such state '{place}'")
        for guard in arrow.guards:
            if guard not in guards:
                raise ChartFault(f"arrow '{arrow.trigger}': no such guard '{guard}'")
        conditions: list[Any] = [_Condition(guards[guard], guard) for guard in arrow.guards]
        places = "*" if sources == ("*",) else list(sources)
        built.add_transition(arrow.trigger, places, arrow.target, conditions=conditions)
    return built


def compile_chart(
    name: str,
    *,
    states: Sequence[StateShape],
    initial: str,
    arrows: Sequence[Arrow],
    guards: Mapping[str, Guard] | None = None,
    zh: Mapping[str, str] | None = None,
) -> Chart:
    """Build the machine once and read its arrows, inheritance from parents and initial children included.

    `zh` has the Chinese words for the chart's own name, its states, triggers and guards.
    """
    guards = dict(guards or {})
    built = machine(states, initial, arrows, guards)
    names = built.get_nested_state_names()
    leaves = tuple(state for state in names if not built.get_state(state).states)
    table: dict[tuple[str, str], tuple[Move, ...]] = {}
    for leaf in leaves:
        for trigger, event in built.events.items():
            moves: list[Move] = []
            # A child's own arrow is tried before its parents'.
            for place in _self_and_parents(leaf):
                for arrow in event.transitions.get(place, ()):
                    if arrow.dest is None:
                        raise ChartFault(f"arrow '{trigger}' from '{place}' leads nowhere")
                    conditions = tuple(c.func.name for c in arrow.conditions if isinstance(c.func, _Condition))
                    moves.append(Move(leaf, trigger, _entered(built, arrow.dest), conditions))
            if moves:
                table[leaf, trigger] = tuple(moves)
    return Chart(name, _entered(built, initial), leaves, table, guards, dict(zh or {}))


class _Machine(HierarchicalMachine):
    """Dotted names for nested states, so that a state is one plain string."""


_Machine.state_cls.separator = "."


class _Condition:
    """A guard that keeps its name inside the library, and takes the facts that the event carries."""

    def __init__(self, guard: Guard, name: str) -> None:
        self.guard, self.name = guard, name

    def __call__(self, event: Any) -> bool:
        return self.guard(event.kwargs.get("facts"))


def _self_and_parents(state: str) -> Iterator[str]:
    while state:
        yield state
        state = state.rpartition(".")[0]


def _entered(built: HierarchicalMachine, state: str) -> str:
    """The leaf that is entered when an arrow points at `state`: its initial child, all the way down."""
    while initial := built.get_state(state).initial:
        state = f"{state}.{initial}"
    return state
