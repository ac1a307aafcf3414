"""Where a place of a plan stands in its file: a YAML node knows its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from plans import walk


def line_of(node: Any, way: Sequence[str]) -> int:
    """The line of the deepest place on the way that the file knows; items of a list go by id, or by number."""
    line = 1
    for key in way:
        if isinstance(node, MappingNode):
            pair = next(((name, value) for name, value in node.value if name.value == key), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, SequenceNode):
            item = next((item for n, item in enumerate(node.value) if key in (_key_of(item), str(n))), None)
            if item is None:
                break
            line, node = item.start_mark.line + 1, item
        else:
            break
    return line


def _key_of(item: Any) -> str | None:
    """As `walk.key_of` names an item, read from its node."""
    fields = {name.value: value for name, value in item.value} if isinstance(item, MappingNode) else {}
    named = (fields[key] for key in walk.KEYS if isinstance(fields.get(key), ScalarNode))
    return next((str(node.value) for node in named), None)
