"""Every setting of one instance, typed. The kind, live or drill, comes from the process and can't be switched later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Kind = Literal["live", "drill"]


class Settings(BaseSettings):
    """One instance. Read from variables that begin with FENGHUO_, secrets included; nothing here has a password."""

    model_config = SettingsConfigDict(env_prefix="FENGHUO_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".fenghuo")
    """The data folder."""
    kind: Kind = "live"
    namespace: str = "default"
    task_queue: str = "incidents"
    address: str = ""
    """host:port of the engine; empty: the embedded server that `fenghuo up` started."""
    temporal_binary: Path | None = None
    port: int = Field(default=0, ge=0, le=65535)
    """Port of the embedded server, 0 for a free one."""
    ui_port: int = Field(default=0, ge=0, le=65535)
    """Port of the engine's own pages, 0 for a free one."""
    retention: timedelta = timedelta(days=90)
    """How long the engine remembers a closed incident; the archive is kept for good."""
    time_zone: str = "Asia/Shanghai"
    """In which times are shown to people; JSON always carries an offset."""
    grace: timedelta = timedelta(seconds=10)
    """How long a worker that was asked to stop may finish what it has in hand."""

    @property
    def folder(self) -> Path:
        """This kind's own folder; live and drill share nothing."""
        return self.home / self.kind
