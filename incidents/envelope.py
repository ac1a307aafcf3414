"""The signed envelope of a command: who acts, in which post, in which session, until when.

The engine's port knows no users: whoever reaches it may call. A command therefore carries a signature by the person's
own key over the incident, the verb and everything asked, so that a raw client acts for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Envelope(BaseModel):
    """Who asks, and how that is proved. `signature` is Ed25519 over `signed_bytes`, in hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: str = Field(min_length=1, max_length=64)
    post: str = Field(min_length=1, max_length=64)
    session: str = Field(min_length=1, max_length=64)
    command_id: str = Field(min_length=1, max_length=64)
    issued: AwareDatetime
    expires: AwareDatetime
    signature: str = Field(default="", max_length=128, pattern=r"^([0-9a-f]{128})?$")


def signed_bytes(incident: str, verb: str, command: Mapping[str, Any]) -> bytes:
    """What is signed: RFC 8785 over the command as JSON, without the signature, bound to one incident and verb."""
    envelope = {name: value for name, value in command["envelope"].items() if name != "signature"}
    return rfc8785.dumps({"incident": incident, "verb": verb, "command": {**command, "envelope": envelope}})
