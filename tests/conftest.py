"""A real Temporal server for the tests that need one: its own file, free ports on loopback, ended with the session."""

import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from cli.engine import COMMON_CONFIG
from workflows.messages import CONVERTER


def binary(name: str) -> str:
    """The server's binary from the extra `embedded`, beside the interpreter."""
    found = Path(sys.executable).parent / name
    assert found.exists(), f"{name} is missing: install the extra 'embedded'"
    return str(found)


@pytest.fixture
async def temporal(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a server of its own; short timers are exact."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=binary("temporal"),
        dev_server_database_filename=str(tmp_path / "temporal.db"),
        dev_server_extra_args=[
            "--sqlite-pragma",
            "journal_mode=WAL",
            "--sqlite-pragma",
            "synchronous=FULL",
            "--dynamic-config-value",
            'history.timerProcessorMaxTimeShift="1ms"',
            *(word for key, value in COMMON_CONFIG.items() for word in ("--dynamic-config-value", f"{key}={value}")),
        ],
        data_converter=CONVERTER,
    ) as environment:
        yield environment.client


LONGEST = (
    "test_worker_crashes",
    "test_workflows_mutants",
    "test_cli_demo",
    "test_cli_incident",
    "test_workflows_replay",
    "test_isolation",
    "test_cli_drilling",
    "test_drills_cases",
    "test_isolation_mixed",
    "test_cli_drill",
    "test_bench_rounds",
)
"""The modules that take longest. They are begun first: begun last, one of them would run on alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, else as collected."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-point", action="store_true", help="strike every crash point at every receiver, three times"
    )
    parser.addoption("--every-case", action="store_true", help="seed a change into every case, not every third")
    parser.addoption("--clocks", type=int, default=60, help="so many clocks over thirty days")
    parser.addoption("--drills", type=int, default=2, help="so many random drills beside two real incidents")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out, and why; what was measured at each crash point, as a table."""
    reasons = Counter(str(report.longrepr[-1]) for report in terminalreporter.stats.get("skipped", []))
    for reason, number in reasons.items():
        terminalreporter.write_line(f"left out: {number} tests, {reason.removeprefix('Skipped: ')}")
    done = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    rows = [dict(report.user_properties) for report in done if report.when == "call"]
    rows = [row for row in rows if "point" in row]
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row if name != "point"))
    terminalreporter.section("crash points: each was hit, by SIGKILL")
    terminalreporter.write_line("".join(f"{name:>16}" for name in names) + "  point")
    for row in rows:
        terminalreporter.write_line("".join(f"{row.get(name, '-')!s:>16}" for name in names) + f"  {row['point']}")
