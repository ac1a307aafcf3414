"""`fenghuo plan new`: a plan in this home, copied from another or from nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cli.chosen import folder_of
from cli.exits import Exit, stop
from plans import scaffold
from plans.library import shipped
from settings import Settings

NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


def new(settings: Settings, name: str, old: str | None) -> Path:
    """Write the plan `name` into the home, whole, and give its folder: a copy of `old`, or with nothing filled in."""
    if not NAME.fullmatch(name):
        stop(
            Exit.BAD_INPUT,
            f"NAME：应以小写字母开头，只用小写字母、数字和连字符，不超过 63 个；现为“{name}”",
            f"NAME: expected a-z, then a-z, 0-9 and '-', at most 63 of them; found '{name}'",
        )
    folder = settings.home / "plans" / name
    if folder.exists() or name in shipped():
        stop(Exit.REFUSED, f"{name} 已存在", f"there is a plan '{name}' already")
    source = folder_of(settings, old) if old is not None else None
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # In place whole or not at all.
    fresh = folder.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    if source is not None:
        shutil.copytree(source, fresh)
    else:
        scaffold.write(fresh)
    fresh.rename(folder)
    return folder
