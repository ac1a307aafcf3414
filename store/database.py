"""Opening the database of a home: brought up to date first, WAL, every commit on disk before it is answered."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, create_engine, event, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseFault(Exception):
    """The database can't be used by this release, in one line."""


async def open_database(file: Path) -> AsyncEngine:
    """Open, or make, the SQLite file of one home. Raises `DatabaseFault`."""
    blocking = open_for_gate(file)
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    _harden(engine.sync_engine)
    _whole[engine] = blocking
    event.listen(engine.sync_engine, "engine_disposed", lambda _: blocking.dispose())
    return engine


def whole(engine: AsyncEngine) -> Engine:
    """The same database for work that one thread does whole: the asynchronous driver changes threads several times a
    statement, which costs four times as much as a short transaction itself."""
    return _whole[engine]


_whole: WeakKeyDictionary[AsyncEngine, Engine] = WeakKeyDictionary()


def open_for_gate(file: Path, wait: float = 5.0) -> Engine:
    """The same file for blocking, short work; `wait` seconds for another's write. Raises `DatabaseFault`."""
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": wait})
    _harden(engine)
    _upgrade(engine, file)
    return engine


def _upgrade(engine: Engine, file: Path) -> None:
    """Bring the tables to this release's shape. Several processes may open a home at once: one writes, the others
    wait for it and find nothing left to do."""
    steps = sorted(script.name[1:5] for script in (MIGRATIONS / "versions").glob("s????_*.py"))
    with engine.connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        at = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if known else None
    if at == steps[-1]:
        return
    if at is not None and at not in steps:
        raise DatabaseFault(f"{file}: made by a newer release (step {at}); install that release, or restore a backup")
    # A terminal command opens the database far more often than a step is due, and the library takes long to load.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _harden(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def harden(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # the driver's own connection
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.close()
