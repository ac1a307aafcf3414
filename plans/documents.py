"""Plan documents (预案文书): which there are, the fields that each may carry, and whose template is used.

Every plan inherits the set in `national/documents/`. A plan, or a home, replaces a template by laying its own of the
same name (`D3.docx`) in its `documents/` folder. Templates are layout, not rules: they are no part of a plan's hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from ruamel.yaml import YAML

from plans.library import NATIONAL
from plans.schema import Frozen

FOLDER = "documents"
"""In a plan's folder, and in a home."""

DEFAULT = NATIONAL / FOLDER

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Column(Frozen):
    """A field of one row."""

    name: Name
    says: str


class Blank(Frozen):
    """A field (栏目) of a document, by the name that templates use."""

    name: Name
    says: str
    must: str = ""
    """Why a template may not leave it out: a clause, or a rule in words; empty: it may."""
    each: tuple[Column, ...] = ()
    """What each row has, where the field is a list."""


class Document(Frozen):
    """One document by its number. Without `fields` it is a placeholder: named, and filled by nobody yet."""

    id: Annotated[str, Field(pattern=r"^D[1-9][0-9]?[a-c]?$")]
    title: str
    en: str
    purpose: str
    kind: Literal["official", "form", "text"]
    """`official`: laid out by GB/T 9704; `form`: a table to fill in; `text`: a message that is spoken or sent."""
    series: str = ""
    """By which its numbers are counted (值班信息、应急命令 …); empty: its own title."""
    fields: tuple[Blank, ...] = ()

    @property
    def file(self) -> str:
        """The name of its template."""
        return f"{self.id}.docx"


class _Index(Frozen):
    common: tuple[Blank, ...]
    """Fields that every document may carry; a document may name one again, to demand it."""
    documents: tuple[Document, ...]


@cache
def documents() -> tuple[Document, ...]:
    """All documents in the order of their numbers, each with every field that it may carry."""
    told = _Index.model_validate(YAML(typ="safe").load((DEFAULT / "documents.yaml").read_text("utf-8")))
    return tuple(_whole(document, told.common) for document in told.documents)


def document(number: str) -> Document:
    """The document with this number. Raises `KeyError`."""
    return {told.id: told for told in documents()}[number]


def template(told: Document, plan: Path, home: Path | None = None) -> Path | None:
    """The file by which a document is laid out: the home's own, else the plan's, else everybody's. None: nobody has
    one."""
    folders = (*([home / FOLDER] if home else []), plan / FOLDER, DEFAULT)
    return next((folder / told.file for folder in folders if (folder / told.file).is_file()), None)


def own(*folders: Path) -> Iterator[tuple[Document | None, Path]]:
    """The templates that these plans or homes lay themselves; None: there is no document of this name."""
    known = {told.file: told for told in documents()}
    for folder in folders:
        for file in sorted((folder / FOLDER).glob("*.docx")):
            # An editor's lock beside the file that is open.
            if not file.name.startswith("~$"):
                yield known.get(file.name), file


def guide() -> Iterator[str]:
    """The lines of a page about the documents: what there is, and the fields of each template."""
    yield "# 预案文书 Plan documents"
    yield ""
    yield (
        "样式是 Word 文件，栏目写作 `{{ number }}`，成行的写作 `{%tr for row in changes %}`。换样式：把同名文件放进预案"
        "或本机数据目录的 `documents/`，再运行 `fenghuo plan check`。A template is a .docx with named fields; lay your "
        "own of the same name in the plan's `documents/` folder or the home's."
    )
    yield ""
    yield (
        "`fenghuo document make ID D3 --pdf` 从日志生成文书：不知道的事实写“正在核实”，须由人判断的写“（待填写）”；"
        "数字截至成文（或报告的截至时间），此后变化只在旁边提示。编号按系列和年份连续，发文机关和系列名用"
        "`FENGHUO_DOCUMENT_ISSUER`、`FENGHUO_DOCUMENT_SERIES` 设置。版面按 GB/T 9704；仿宋_GB2312、方正小标宋简体"
        "等字体不随本软件提供，本机没有时 PDF 以思源宋体、思源黑体的简体字形代替。The letters that the standard names "
        "are not supplied: where they are missing, a PDF has simplified Noto letters in their place."
    )
    yield ""
    yield "| 编号 | 名称 | 用途 | 样式 |"
    yield "| --- | --- | --- | --- |"
    for told in documents():
        yield f"| {told.id} | {told.title} | {told.purpose} | {told.file if told.fields else '待定'} |"
    for told in documents():
        if told.fields:
            yield from ("", f"## {told.id} {told.title} {told.en}", "")
            yield from (_line(blank) for blank in told.fields)


def _line(blank: Blank) -> str:
    must = f"（必有：{blank.must}）" if blank.must else ""
    rows = "，每行 " + "、".join(f"`{column.name}` {column.says}" for column in blank.each) if blank.each else ""
    return f"- `{blank.name}` {blank.says}{must}{rows}"


def _whole(told: Document, common: tuple[Blank, ...]) -> Document:
    """With the common fields, where it has fields at all."""
    named = {blank.name for blank in told.fields}
    more = tuple(blank for blank in common if blank.name not in named) if told.fields else ()
    return told.model_copy(update={"fields": (*told.fields, *more)})
