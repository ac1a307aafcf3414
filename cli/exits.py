"""How a command ends: the exit codes that scripts rely on."""

from __future__ import annotations

import os
import sys
from enum import IntEnum
from typing import NoReturn

from cli.language import tell


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAULT = 1
    BAD_INPUT = 2
    REFUSED = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    UNKNOWN = 6


def end(code: int) -> NoReturn:
    """Leave with `code` as the shell sees it: an interpreter that used the engine's client may abort while it exits."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def stop(code: Exit, zh: str, en: str) -> NoReturn:
    """End with one line for the person who asked."""
    tell(zh, en, err=True)
    end(code)
