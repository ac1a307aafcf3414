"""A real Temporal server for the tests that need one: its own file, free ports on loopback, ended with the session."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

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
        ],
        data_converter=CONVERTER,
    ) as environment:
        yield environment.client
