"""What a process says of itself: short lines for the terminal, JSON lines for the file, no secret in either."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

import structlog

LARGEST = 5_000_000
KEPT = 5
"""So many bytes a file, and so many old files."""


def observe(file: Path, loud: bool) -> None:
    """Send every logger of this process to `file` as JSON lines, and, if `loud`, to stderr as text."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    root = logging.getLogger()
    root.handlers.clear()
    root.setLevel(logging.INFO)
    kept = logging.handlers.RotatingFileHandler(file, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
    kept.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=False), shared))
    root.addHandler(kept)
    if loud:
        terminal = logging.StreamHandler()
        terminal.setFormatter(_formatter(structlog.dev.ConsoleRenderer(colors=False), shared))
        terminal.setLevel(logging.WARNING)
        root.addHandler(terminal)
    # It tells every address it posts to, and a webhook's may hold a token.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def _formatter(
    renderer: structlog.typing.Processor, shared: list[structlog.typing.Processor]
) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
