"""Twenty-odd releases that are wrong, each by one small change; the checks of `tests.witnesses` must catch them all.

A mutant is the shipped source in a folder of its own with one stretch of text replaced. It is imported and checked in a
fresh process, sandbox and all, as a release would be. `python -m tests.mutants` (`make mutants`) tries every check on
every mutant and says which of them caught it.
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from tests.forks import forks

ROOT = Path(__file__).parents[1]
ROOMS = ("statecharts", "plans", "incidents", "activities", "workflows", "store")
FILES = ("client.py",)

PATIENCE = 300
"""Seconds for one mutant, on a machine that is busy with everything else."""


class Mutant(NamedTuple):
    """One wrong release: in `file`, `old`, which stands there once, becomes `new`."""

    name: str
    file: str
    old: str
    new: str


UNTOUCHED = Mutant("the release as it is", "", "", "")

MUTANTS = (
    Mutant(
        "a drill's messages lose their mark",
        "activities/drill.py",
        "DRILL_MARK + self.words",
        "self.words",
    ),
    Mutant("a drill becomes live", "incidents/facts.py", 'kind=entry.data["kind"]', 'kind="live"'),
    Mutant(
        "fifty minutes become five hundred",
        "plans/lhasa-2022/reporting.yaml",
        "addressee: city_government\n    leg: paper\n    line: government\n    within: PT50M",
        "addressee: city_government\n    leg: paper\n    line: government\n    within: PT500M",
    ),
    Mutant(
        "a limit is read ten times as long",
        "incidents/reporting.py",
        "_clock(rule, record, rule.id, begins, begins + rule.within)",
        "_clock(rule, record, rule.id, begins, begins + 10 * rule.within)",
    ),
    Mutant(
        "the body's decision is left out of an approval",
        "incidents/approval.py",
        "for stage in rule.stages]",
        'for stage in rule.stages if stage.stage == "sign"]',
    ),
    Mutant(
        "no signature is needed",
        "statecharts/approval.py",
        'any(stage.stage == "sign" for stage in approval.stages)',
        "False",
    ),
    Mutant("any leader may answer for the named post", "incidents/approval.py", "if post in able:", "if post:"),
    Mutant(
        "who proposes may approve",
        "incidents/approval.py",
        "    alone = command.envelope.user in _drafters(approval)\n    if alone and not approval.one_person:",
        "    alone = command.envelope.user in _drafters(approval)\n    if False:",
    ),
    Mutant(
        "a spoken yes alone lets a warning out",
        "incidents/approval.py",
        'act.hand == "disputed" or not act.called_back_by',
        'act.hand == "disputed"',
    ),
    Mutant(
        "who corrected it may confirm it",
        "incidents/publication.py",
        "if command.envelope.user == correction.by:",
        "if False:",
    ),
    Mutant(
        "a warning goes out that nobody determined",
        "incidents/publication.py",
        "if not command.under or not may or",
        "if False and",
    ),
    Mutant(
        "a warning outlives its end",
        "incidents/warning.py",
        "if ends_at is not None and ends_at <= now:",
        "if False:",
    ),
    Mutant(
        "nobody is asked upward",
        "incidents/approval.py",
        "pace is None or approval.reached >= len(STEPS)",
        "pace is None or approval.reached >= 2",
    ),
    Mutant(
        "a spoken decision needs no hand under it",
        "incidents/approval.py",
        'if act.form == "in_system" or name in record.clocks or act.hand == "signed":',
        'if act.form in ("in_system", "oral") or name in record.clocks or act.hand == "signed":',
    ),
    Mutant(
        "three minutes' wait become three seconds",
        "plans/lhasa-2022/notices.yaml",
        "{ channel: inbox, wait: PT3M }",
        "{ channel: inbox, wait: PT3S }",
    ),
    Mutant(
        "the chase stays on its first channel",
        "incidents/notices.py",
        "channel = notice.steps[step].channel",
        "channel = notice.steps[0].channel",
    ),
    Mutant(
        "an order calls nobody", "incidents/response.py", "if ticked and ticked <= set(command.leave_out):", "if False:"
    ),
    Mutant(
        "the unreached are not named",
        "incidents/notices.py",
        '"again": again, "unreached": lost}',
        '"again": again, "unreached": []}',
    ),
    Mutant("a unit is not told its duty", "incidents/notices.py", "if duty else self.text", "if False else self.text"),
    Mutant(
        "an overdue limit is true when it was noticed",
        "incidents/deadlines.py",
        'by_system("clock_overdue", clock.due_at, now',
        'by_system("clock_overdue", now, now',
    ),
    Mutant(
        "people unaccounted for do not hinder the end",
        "incidents/conditions.py",
        "if not people or path in complete(plan, record):",
        "if True or path in complete(plan, record):",
    ),
    Mutant(
        "the archive does not wait for the lifting",
        "statecharts/lifecycle.py",
        'Arrow("archive", ("recovery", "false_alarm", "warning_over"), "archived")',
        'Arrow("archive", ("response", "recovery", "false_alarm", "warning_over"), "archived")',
    ),
    Mutant(
        "the standing grade falls by itself",
        "incidents/facts.py",
        "standing = max(verdict.grade, old.standing if old else verdict.grade, key=severity)",
        "standing = verdict.grade",
    ),
    Mutant(
        "hearsay moves the grade",
        "incidents/accident.py",
        "return bool(self.verified) or self.source in OFFICIAL",
        "return True",
    ),
    Mutant(
        "what follows by rule cites no clause",
        "incidents/command.py",
        'user="system", post="system", clauses=clauses, data=data',
        'user="system", post="system", data=data',
    ),
    Mutant("an entry's hash leaves out the one before", "incidents/logbook.py", '            "prev": prev,\n', ""),
    Mutant(
        "the log goes to another task queue",
        "workflows/incident.py",
        "SYNC, request, result_type=SyncResult, **pacing.SYNC",
        'SYNC, request, task_queue="drill", result_type=SyncResult, **pacing.SYNC',
    ),
    Mutant("delivery is retried for ever", "workflows/pacing.py", "maximum_attempts=4", "maximum_attempts=0"),
    Mutant(
        "answers are read from the beginning each time",
        "workflows/incident.py",
        "                cursor=self._cursor,\n                receipts",
        "                cursor=0,\n                receipts",
    ),
    Mutant(
        "a timer runs as long as the incident is old",
        "workflows/incident.py",
        "max(due - workflow.now(), pacing.SHORTEST_WAIT)",
        "max(due - workflow.info().start_time, pacing.SHORTEST_WAIT)",
    ),
    Mutant(
        "handled commands are forgotten as a run ends",
        "workflows/incident.py",
        "                handled=handled,\n",
        "",
    ),
)


class Caught(NamedTuple):
    """What became of one mutant: the first difference by check, and what it took in seconds of one core."""

    mutant: Mutant
    by: dict[str, str]
    took: float


def try_all(mutants: Sequence[Mutant], thorough: bool = False) -> Iterator[Caught]:
    """Check each mutant in a process of its own, two at a time; `thorough` asks every check, not only the first that
    catches it."""
    context = forks()

    def apart(mutant: Mutant) -> Caught:
        result, telling = context.Pipe(duplex=False)
        process = context.Process(target=_tell, args=(telling, mutant, thorough))
        process.start()
        telling.close()
        try:
            assert result.poll(PATIENCE), f"{mutant.name}: no result within {PATIENCE} s"
            caught: Caught = result.recv()
        except EOFError:
            raise AssertionError(f"{mutant.name}: this release does not even start") from None
        finally:
            process.kill()
            process.join()
        return caught

    with ThreadPoolExecutor(2) as two:
        yield from two.map(apart, mutants)


def _tell(telling: Connection, mutant: Mutant, thorough: bool) -> None:
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        release(mutant, Path(folder))
        sys.path.insert(0, folder)
        by = dict(_differences(thorough))
    telling.send(Caught(mutant, by, time.process_time() - started))


def release(mutant: Mutant, folder: Path) -> None:
    """Lay the release into `folder`."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room)
    for file in FILES:
        shutil.copy2(ROOT / file, folder)
    if mutant.file:
        text = (ROOT / mutant.file).read_text("utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.name}: what it replaces stands {text.count(mutant.old)} times"
        (folder / mutant.file).write_text(text.replace(mutant.old, mutant.new), "utf-8")


def _differences(thorough: bool) -> Iterator[tuple[str, str]]:
    """The first difference that each check finds."""
    from temporalio.runtime import Runtime, TelemetryConfig

    from tests.scenes import SCENES
    from tests.witnesses import CHECKS, Witness

    # The engine's own library tells at length of each history that it can't replay.
    logging.disable(logging.CRITICAL)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)))
    witnesses = [Witness(scene) for scene in SCENES]
    for name, check in CHECKS.items():
        if first := next(filter(None, (_first(check(witness)) for witness in witnesses)), None):
            yield name, first
            if not thorough:
                return


def _first(differences: Iterator[str]) -> str | None:
    """The first difference; a check that breaks down, which fails its test on `main` too, is one."""
    try:
        return next(differences, None)
    except Exception as broken:
        return f"{type(broken).__name__}: {broken}"


def main() -> int:
    whole, *caught = try_all((UNTOUCHED, *MUTANTS), thorough=True)
    for mutant, by, took in (whole, *caught):
        sys.stdout.write(f"{took:5.1f} s  {mutant.name}: {', '.join(by) or 'nothing objects'}\n")
    found = sum(bool(one.by) for one in caught)
    sys.stdout.write(f"{found} of {len(MUTANTS)} mutants caught\n")
    return bool(whole.by) or found < len(MUTANTS)


if __name__ == "__main__":
    sys.exit(main())
