"""The layout of official papers (GB/T 9704-2012) in a .docx: page, letters, title, headings, rules, tables.

Measured in LibreOffice: without a document grid, exact lines of 28.95 pt and letters closer by 0.25 pt give the 22
lines of 28 characters that the standard asks for.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, HEADING, SUBHEADING, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
"""Letters as the standard names them; none of them is embedded."""

RED = RGBColor(0xFF, 0x00, 0x00)
WIDTH = Mm(156)
"""Of the type area."""
LINE = Pt(28.95)
DENSE = Pt(26)
CLOSER = Pt(-0.25)
DRAWN = datetime(2026, 1, 1, tzinfo=UTC)
"""The date that each file bears, so that the same draft gives the same bytes."""


class Sheet:
    """A paper that is written from top to bottom. `**words**` stand in the letters of a heading. A `dense` one has
    closer lines and no free ones, so that a report fits one page; the standard lets an office do so."""

    def __init__(self, title: str, dense: bool = False) -> None:
        self.paper: Paper = Document()
        self.dense = dense
        self._page()
        self._style()
        core = self.paper.core_properties
        core.title, core.author, core.comments, core.revision = title, "", "", 1
        core.created = core.modified = DRAWN.replace(tzinfo=None)

    def masthead(self, words: str, size: float) -> None:
        """The red head of a series or an issuer (红头): a long name needs smaller letters to stay on its line."""
        line = self._line(WD_ALIGN_PARAGRAPH.CENTER)
        line.paragraph_format.line_spacing = Pt(size + 10)
        self._letters(line, words, TITLE, size, RED)

    def rule(self) -> None:
        """The red rule beneath the head."""
        line = self._line()
        border = OxmlElement("w:pBdr")
        bottom = OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "1"), ("color", "FF0000")):
            bottom.set(qn(f"w:{name}"), value)
        border.append(bottom)
        line._p.get_or_add_pPr().append(border)
        line.paragraph_format.line_spacing = Pt(12)

    def title(self, words: str) -> None:
        """Centred, a line free above and below."""
        if not self.dense:
            self._line()
        line = self._line(WD_ALIGN_PARAGRAPH.CENTER)
        line.paragraph_format.line_spacing = Pt(33)
        self._letters(line, words, TITLE, 22)
        if not self.dense:
            self._line()

    def heading(self, words: str) -> None:
        """A heading of the first level."""
        line = self._line(indent=2)
        line.paragraph_format.keep_with_next = True
        self._letters(line, words, HEADING, 16)

    def body(self, words: str, indent: int = 2) -> None:
        """A paragraph, its first line set in by `indent` characters."""
        self._mixed(self._line(indent=indent), words, 16)

    def control(self, words: str) -> None:
        """A line that only steers the template; it leaves no trace."""
        self._letters(self._line(), words, BODY, 16)

    def both_ends(self, left: str, right: str) -> None:
        """Words at both ends of one line."""
        line = self._line()
        line.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        self._mixed(line, f"{left}\t{right}", 16)

    def signature(self, words: str) -> None:
        """Flush right, four characters from the edge; never on a page without words above it."""
        self.paper.paragraphs[-1].paragraph_format.keep_with_next = True
        line = self._line(WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.right_indent = Pt(16 * 4)
        line.paragraph_format.keep_with_next = True
        self._mixed(line, words, 16)

    def foot(self, words: str) -> None:
        """Whom it goes to, and who answers for it (版记)."""
        line = self._line()
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        line.paragraph_format.line_spacing = Pt(22)
        line.paragraph_format.keep_with_next = True
        self._mixed(line, words, 14)

    def new_page(self) -> None:
        """What follows begins a page."""
        self.paper.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)

    def table(self, widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Rows of cells, `widths` in mm. `*words` is a label; `<` belongs to the cell on its left."""
        table = self.paper.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for width, column in zip(widths, table.columns, strict=True):
            column.width = Mm(width)
        for told, row in zip(rows, table.rows, strict=True):
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for width, cell in zip(widths, row.cells, strict=True):
                cell.width = Mm(width)
            filled = [at for at, words in enumerate(told) if words != "<"]
            for at, end in zip(filled, [*filled[1:], len(told)], strict=True):
                cell = row.cells[at] if end == at + 1 else row.cells[at].merge(row.cells[end - 1])
                self._cell(cell, told[at])
                # The heads of columns never stand alone at the foot of a page.
                cell.paragraphs[0].paragraph_format.keep_with_next = all(words.startswith("*") for words in told)

    def bytes(self) -> bytes:
        """The file; the same for the same calls."""
        if self.paper.element.body[-2].tag == qn("w:tbl"):
            # A word processor wants a paragraph after a table.
            self._line().paragraph_format.line_spacing = Pt(1)
        raw, fixed = io.BytesIO(), io.BytesIO()
        self.paper.save(raw)
        with zipfile.ZipFile(raw) as told, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as out:
            for name in told.namelist():
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(entry, told.read(name))
        return fixed.getvalue()

    def _cell(self, cell: _Cell, words: str) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        line = cell.paragraphs[0]
        line.paragraph_format.line_spacing = Pt(20)
        if words.startswith("*"):
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._letters(line, words[1:], HEADING, 12)
        else:
            self._mixed(line, words, 12)

    def _line(self, align: WD_ALIGN_PARAGRAPH | None = None, indent: int = 0) -> Paragraph:
        line = self.paper.add_paragraph()
        if align is not None:
            line.alignment = align
        if indent:
            line.paragraph_format.first_line_indent = Pt((16 + CLOSER.pt) * indent)
        return line

    def _mixed(self, line: Paragraph, words: str, size: float) -> None:
        for number, part in enumerate(words.split("**")):
            if part:
                self._letters(line, part, HEADING if number % 2 else BODY, size)

    def _letters(self, line: Paragraph, words: str, font: str, size: float, colour: RGBColor | None = None) -> Run:
        run = line.add_run(words)
        run.font.name, run.font.size = font, Pt(size)
        marks = run._r.get_or_add_rPr()
        marks.get_or_add_rFonts().set(qn("w:eastAsia"), font)
        if colour is not None:
            run.font.color.rgb = colour
        if size == 16:
            _closer(marks)
        return run

    def _page(self) -> None:
        section = self.paper.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        self.paper.settings.odd_and_even_pages_header_footer = True
        for footer, align in (
            (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
            (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
        ):
            line = footer.paragraphs[0]
            line.alignment = align
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
            self._letters(line, "— ", "宋体", 14)
            _field(self._letters(line, "", "宋体", 14), "PAGE")
            self._letters(line, " —", "宋体", 14)

    def _style(self) -> None:
        style = self.paper.styles["Normal"]
        style.font.name, style.font.size = BODY, Pt(16)
        marks = style.element.get_or_add_rPr()
        marks.rFonts.set(qn("w:eastAsia"), BODY)
        language = OxmlElement("w:lang")
        # A number in Chinese letters' language would be broken anywhere.
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        marks.append(language)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, DENSE if self.dense else LINE
        form.widow_control = False
        # The grid would spread the lines again.
        grid = self.paper.sections[0]._sectPr.find(qn("w:docGrid"))
        if grid is not None:
            self.paper.sections[0]._sectPr.remove(grid)


def _closer(marks: Any) -> None:
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(round(CLOSER.pt * 20)))
    marks.append(spacing)


def _field(run: Run, name: str) -> None:
    for kind, words in (("begin", None), (None, name), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = words
        run._r.append(element)
