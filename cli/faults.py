"""What is wrong with an input, in one line: the field as it was written, and what was expected."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from cli.language import said

_ZH = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式应为 {pattern}",
    "literal_error": "应为 {expected} 之一",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "timezone_aware": "时间须带时区，如 2026-03-01T02:41:00+08:00",
    "datetime_parsing": "应为 ISO 8601 时间，如 2026-03-01T02:41:00+08:00",
    "datetime_from_date_parsing": "应为 ISO 8601 时间，如 2026-03-01T02:41:00+08:00",
    "datetime_type": "应为 ISO 8601 时间，如 2026-03-01T02:41:00+08:00",
    "time_delta_parsing": "应为 ISO 8601 时长，如 PT50M",
    "time_delta_type": "应为 ISO 8601 时长，如 PT50M",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "json_invalid": "不是有效的 JSON：{error}",
    "model_type": "应为一个对象",
    "dict_type": "应为一个对象",
    "tuple_type": "应为一个列表",
    "too_many": "应不大于 {most}，现为 {n}",
    "undated": "须填 occurred_at，或 heard_at",
}
"""By pydantic's own names of what can be wrong, and ours in `incidents.accident`."""


def fault(error: ValidationError) -> str:
    """The first fault, in the language of the terminal; our own names of shapes are left out."""
    first = error.errors()[0]
    context: dict[str, Any] = dict(first.get("ctx", {}))
    place = (*first["loc"], *filter(None, (context.get("field"),)))
    field = ".".join(str(part) for part in place if part not in ("constrained-int", "int", "Count"))
    template = _ZH.get(first["type"])
    words = said(template.format(**context) if template else first["msg"], first["msg"].removeprefix("Value error, "))
    return f"{field}: {words}" if field else words
