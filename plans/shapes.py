"""The JSON Schema of a plan's files, for editors and for those who write a plan: one for each file."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from plans.library import CHAPTERS, DECISIONS

SHAPES: Mapping[str, TypeAdapter[Any]] = {**CHAPTERS, "decisions": DECISIONS}
"""Every file of a plan's folder that people write, by its name without `.yaml`."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one file."""
    return described(SHAPES[name])


def described(shape: TypeAdapter[Any]) -> dict[str, Any]:
    """The JSON Schema of a shape; what the models say about a field is its description."""
    told = shape.json_schema(schema_generator=_Described)
    return {"$schema": GenerateJsonSchema.schema_dialect, **told}


class _Described(GenerateJsonSchema):
    """Adds the docstring under each field. (pydantic's own way reads the sources at every start.)"""

    def model_schema(self, schema: Any) -> Any:
        told = super().model_schema(schema)
        for model in reversed(schema["cls"].__mro__):
            for field, words in _docstrings(model):
                known = schema["cls"].model_fields
                name = known[field].alias or field if field in known else field
                if name in told.get("properties", {}):
                    told["properties"][name]["description"] = words
        return told


def _docstrings(model: type) -> Iterator[tuple[str, str]]:
    """The sentences that stand under the fields of a model, by field."""
    if not issubclass(model, BaseModel) or model is BaseModel:
        return
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    for field, words in zip(body.body, body.body[1:], strict=False):
        match field, words:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())
