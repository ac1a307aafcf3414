"""The sandbox of incidents: those of one process share what is loaded, and touch nothing that a replay can't repeat."""

from __future__ import annotations

from temporalio.worker.workflow_sandbox import SandboxRestrictions

LOADED_ONCE = SandboxRestrictions.default.with_passthrough_modules(
    "workflows", "activities", "incidents", "plans", "statecharts", "pydantic", "pydantic_core"
)
"""Shared by all incidents of a worker. A copy for each, read from the disk again when it opens, would double its
memory, and would mix two releases where a folder is changed under a running worker."""
