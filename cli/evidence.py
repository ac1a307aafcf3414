"""Files that stand as evidence: kept in the home under their SHA-256, named in the log by nothing else."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cli.exits import Exit, stop
from settings import Settings


def read(path: Path, field: str) -> bytes:
    """What a file holds; what can't be read ends the command in one line."""
    try:
        return path.read_bytes()
    except OSError as error:
        stop(Exit.BAD_INPUT, f"{field}：应为可读的文件，{error}", f"{field}: expected a readable file, {error}")


def keep(settings: Settings, content: bytes) -> str:
    """Keep a file in the home, whole or not at all, and give its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    folder = settings.folder / "evidence"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{digest}.{os.getpid()}"
    fresh.write_bytes(content)
    fresh.replace(folder / digest)
    return digest
