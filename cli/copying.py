"""`fenghuo plan new`: a copy of a plan in this home."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cli import desk
from cli.exits import Exit
from plans.library import shipped
from settings import Settings

NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


def copy(settings: Settings, name: str, old: str) -> Path:
    """Copy the plan `old` into the home as `name`, whole, and give its folder."""
    if not NAME.fullmatch(name):
        desk.stop(
            Exit.BAD_INPUT,
            f"NAME：应以小写字母开头，只用小写字母、数字和连字符，不超过 63 个；现为“{name}”",
            f"NAME: expected a-z, then a-z, 0-9 and '-', at most 63 of them; found '{name}'",
        )
    folder = settings.home / "plans" / name
    if folder.exists() or name in shipped():
        desk.stop(Exit.REFUSED, f"{name} 已存在", f"there is a plan '{name}' already")
    source = desk.plan_folder(settings, old)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # In place whole or not at all.
    fresh = folder.with_name(f".{name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(source, fresh)
    fresh.rename(folder)
    return folder
