"""Processes that begin with all libraries loaded and nothing of ours: what is ours is read anew by each of them.

Loading the engine's client, the models' library and the database's takes longer than what most commands do.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext
from pathlib import Path

THIRD_PARTY = (
    "alembic",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "pydantic",
    "pydantic_settings",
    "rfc8785",
    "rich.console",
    "rich.table",
    "ruamel.yaml",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.orm",
    "structlog",
    "temporalio.client",
    "temporalio.contrib.pydantic",
    "temporalio.testing",
    "temporalio.worker",
    "transitions.extensions.nesting",
    "typer.rich_utils",
)
"""Imported once for all: none of it is ours, none of it starts a thread."""


def forks() -> ForkServerContext:
    """Where such processes come from."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(THIRD_PARTY))
    return context


def fenghuo(
    *words: str, environment: Mapping[str, str] = os.environ, stdin: str = "", timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run the command `fenghuo` to its end, from its console script's function on, with its own environment, streams
    and exit code. Raises `TimeoutExpired`."""
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin, "utf-8")
        process = forks().Process(target=_run, args=(words, dict(environment), streams))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, timeout)
        told = [stream.read_text("utf-8") for stream in streams[1:]]
        return subprocess.CompletedProcess(words, process.exitcode, *told)


def _run(words: tuple[str, ...], environment: dict[str, str], streams: list[Path]) -> None:
    modes = ("r", "w", "w")
    for number, (stream, mode) in enumerate(zip(streams, modes, strict=True)):
        with stream.open(mode) as file:
            os.dup2(file.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(*one, closefd=False) for one in enumerate(modes))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["fenghuo", *words]

    from cli.app import main

    main()
