"""The database is brought up to date when it is opened, once, and never by guessing."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from store.database import DatabaseFault, open_database, open_for_gate
from store.models import Base


async def test_an_empty_home_gets_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    await (await open_database(tmp_path / "store.db")).dispose()
    engine = open_for_gate(tmp_path / "store.db")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2, "every commit on disk"
    engine.dispose()


async def test_a_database_of_a_newer_release_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    await (await open_database(file)).dispose()
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseFault, match="made by a newer release"):
        await open_database(file)


async def test_several_processes_that_open_an_empty_home_at_once_make_it_once(tmp_path: Path) -> None:
    code = "import sys, pathlib; from store.database import open_for_gate; open_for_gate(pathlib.Path(sys.argv[1]))"

    def opened() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, str(tmp_path / "store.db")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = await asyncio.gather(*(asyncio.to_thread(opened) for _ in range(4)))
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 4
