"""What a running home says of itself, and the drill side of the same home. Whoever only asks loads no engine for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from settings import Kind, Settings

DRILL_PREFIX = "FENGHUO_DRILL_"
"""Settings of the drill side stand under this prefix; nothing else named FENGHUO_ reaches it."""


def drill_settings(settings: Settings) -> Settings:
    """The drill side of the same home: its own variables alone, read from `FENGHUO_DRILL_...`."""
    own = {
        name: os.environ[DRILL_PREFIX + name.upper()]
        for name in Settings.model_fields
        if DRILL_PREFIX + name.upper() in os.environ
    }
    clean = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    return Settings.model_validate(
        {**clean, **own, "home": settings.home, "kind": "drill", "temporal_binary": settings.temporal_binary}
    )


def run_file(settings: Settings) -> Path:
    """Where a running home says its addresses and pids, by kind."""
    return settings.home / "run.json"


def wanted_file(settings: Settings) -> Path:
    """Stands while the drill side is wanted."""
    return settings.home / "drill.wanted"


def running(settings: Settings) -> dict[Kind, dict[str, object]]:
    """What a running home says of itself."""
    try:
        told: dict[Kind, dict[str, object]] = json.loads(run_file(settings).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return told
