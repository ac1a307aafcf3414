"""Templates of plan documents, judged: one that names a field nobody fills, or leaves out one that it must carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import Environment, TemplateError, meta, nodes

from plans import documents
from plans.documents import Blank, Document

_UNREADABLE = (OpcError, PythonDocxError, BadZipFile, SyntaxError, KeyError, ValueError, OSError)
"""How a file that is no .docx shows: no zip, no document in it, or no XML in that."""


class TemplateFault(NamedTuple):
    """What is wrong with one template: which file, which field or none, and the words."""

    file: Path
    field: str
    says: str
    en: str


def faults(*folders: Path) -> Iterator[TemplateFault]:
    """What is wrong with the templates that these plans or homes lay themselves."""
    for told, file in documents.own(*folders):
        if told is None:
            numbers = "、".join(one.id for one in documents.documents())
            yield TemplateFault(
                file, "", f"没有这个编号的文书，应为 {numbers}", f"no document has this number; expected {numbers}"
            )
        else:
            yield from judged(told, file)


def judged(told: Document, file: Path) -> Iterator[TemplateFault]:
    """What is wrong with one template of a document."""
    try:
        used = _used(file)
    except TemplateError as error:
        words = f"{error.message or error}"
        yield TemplateFault(file, "", f"模板语句有误：{words}", f"the template's statements are wrong: {words}")
        return
    except _UNREADABLE as error:
        words = f"{type(error).__name__} {error}".splitlines()[0]
        yield TemplateFault(file, "", f"应为可读的 .docx：{words}", f"expected a readable .docx: {words}")
        return
    known = {blank.name: blank for blank in told.fields}
    for name in sorted(used.names - known.keys()):
        yield TemplateFault(
            file,
            name,
            f"栏目 {name} 无人填写，见文书目录",
            f"nobody fills the field '{name}'; see the list of documents",
        )
    for name, column in sorted(used.columns):
        if name in known and column not in {told.name for told in known[name].each}:
            has = "、".join(told.name for told in known[name].each) or "无"
            yield TemplateFault(
                file,
                f"{name}.{column}",
                f"{name} 的每行没有 {column}，应为 {has}",
                f"a row of '{name}' has no '{column}'; expected {has}",
            )
    for blank in told.fields:
        if blank.must and blank.name not in used.names:
            yield TemplateFault(
                file,
                blank.name,
                f"缺少必有的栏目 {blank.name}（{blank.says}）：{blank.must}",
                f"lacks the field '{blank.name}' that it must carry: {blank.must}",
            )


class _Used(NamedTuple):
    """The fields that a template names, and what it takes of each row."""

    names: frozenset[str]
    columns: frozenset[tuple[str, str]]


def _used(file: Path) -> _Used:
    template = DocxTemplate(file)
    template.init_docx()
    names = template.get_undeclared_template_variables()
    tree = Environment(autoescape=True).parse(template.patch_xml(template.get_xml()))
    return _Used(frozenset(names | meta.find_undeclared_variables(tree)), frozenset(_columns(tree)))


def _columns(tree: nodes.Node) -> Iterator[tuple[str, str]]:
    """What is taken of each row of a list, as (list, field)."""
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name) and isinstance(loop.target, nodes.Name):
            for part in loop.find_all(nodes.Getattr):
                if isinstance(part.node, nodes.Name) and part.node.name == loop.target.name:
                    yield loop.iter.name, part.attr


def sample(blank: Blank) -> str | list[dict[str, str]]:
    """A value to look at a template with: what the field is, in angle brackets; two rows of a list."""
    if not blank.each:
        return f"〈{blank.says}〉"
    return [{column.name: f"〈{column.says}{number}〉" for column in blank.each} for number in (1, 2)]
