"""The wall around a drill: in its process whatever leads outside can't be imported, so that no mistake can send."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

WAYS_OUT = ("outside", "activities.gateways", "aiosmtplib", "httpx2", "smtplib", "http.client")
"""The live side's ends, the only makers of live messages, and what could carry one over a network."""


class _Wall(MetaPathFinder):
    """Asked before every other finder."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if _leads_out(fullname):
            raise ImportError(f"{fullname}: a drill has no way out", name=fullname)


def put_up() -> None:
    """Put it up for the rest of this process. Raises `ImportError` where a way out has been imported already."""
    if found := sorted(name for name in sys.modules if _leads_out(name)):
        raise ImportError(f"{found[0]}: imported before the wall of a drill was put up", name=found[0])
    sys.meta_path.insert(0, _Wall())


def _leads_out(name: str) -> bool:
    return any(name == way or name.startswith(f"{way}.") for way in WAYS_OUT)
