"""Every setting of one instance, typed. The kind, live or drill, comes from the process and can't be switched later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Kind = Literal["live", "drill"]
ENGINE_KIND = "fenghuo-kind"
"""Under this name an engine's namespace says which kind it serves."""


class Live:
    """Marks a setting that leads to the outside: a drill worker refuses to start with one."""


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
    webhook_url: Annotated[HttpUrl | None, Live()] = None
    """Where notices go by POST; without it the channel is absent."""
    webhook_secret: Annotated[SecretStr, Live()] = SecretStr("")
    """Signs each POST; needed with `webhook_url`."""
    smtp_host: Annotated[str, Live()] = ""
    """The mail server; without it the channel is absent."""
    smtp_port: Annotated[int, Live()] = Field(default=25, ge=1, le=65535)
    smtp_sender: Annotated[str, Live()] = "fenghuo@localhost"
    smtp_user: Annotated[str, Live()] = ""
    smtp_password: Annotated[SecretStr | None, Live()] = None
    smtp_addresses: Annotated[dict[str, str], Live()] = {}
    """Addresses by unit or post, as JSON."""
    linger: timedelta | None = None
    """How long the log's way to the store stays open for what follows; by default half a second, and not at all in a
    drill, where time may be skipped. What is first in a burst is never held up by it."""
    channel_within: timedelta = timedelta(seconds=10)
    """After this a message without an answer is uncertain."""
    duplicate_km: float = Field(default=5.0, ge=0)
    """Two reports within so many kilometres ..."""
    duplicate_within: timedelta = timedelta(hours=6)
    """... and so long apart may be one accident: that is offered. Before an incident there is no plan to say it."""
    duplicate_likeness: float = Field(default=0.6, ge=0, le=1)
    """How alike two places' names must be to hint at it, where one has no coordinates."""
    time_zone: str = "Asia/Shanghai"
    """In which times are shown to people; JSON always carries an offset."""
    document_issuer: str = ""
    """Who issues this home's documents; empty: the unit that keeps the watch, as the plan calls it."""
    document_series: dict[str, str] = {}
    """Names of number series by document, as JSON: `{"D3": "值班快报"}`; by default those of the list of documents."""
    grace: timedelta = timedelta(seconds=10)
    """How long a worker that was asked to stop may finish what it has in hand."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.webhook_url is not None and not self.webhook_secret.get_secret_value():
            raise ValueError("webhook_secret: expected one, since webhook_url is set")
        return self

    def live_ends(self) -> tuple[str, ...]:
        """The variables that are set and lead to the outside, never their values."""
        return tuple(
            f"FENGHUO_{name.upper()}"
            for name, field in type(self).model_fields.items()
            if any(isinstance(mark, Live) for mark in field.metadata)
            and getattr(self, name) != field.get_default(call_default_factory=True)
        )

    @property
    def lingers(self) -> timedelta:
        """`linger`, or what is usual for the kind."""
        usual = timedelta() if self.kind == "drill" else timedelta(seconds=0.5)
        return usual if self.linger is None else self.linger

    @property
    def folder(self) -> Path:
        """This kind's own folder; live and drill share nothing."""
        return self.home / self.kind
