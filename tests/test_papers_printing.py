"""Papers as PDF: laid out by GB/T 9704 in simplified letters, and the main eight as they were when somebody looked."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import docx
import pytest
from docx.oxml.ns import qn

from papers import printing
from papers.printing import CanNotPrint
from plans.drafting.layout import BODY, Sheet
from tests import pictures
from tests.papers import MAIN

LACKS = pictures.wanting()
needs_printing = pytest.mark.skipif(bool(LACKS), reason=f"wanting: {LACKS}; `make system` brings it")

MM = 72 / 25.4
TOLERATED = 0.10
"""How far a page may lie from its golden picture. Measured: other letters altogether lie 0.04 away, half a page that
moved by one line 0.26."""
TELLING = "直骨角令述"
"""Letters that are drawn otherwise in Japanese."""


class Word(NamedTuple):
    """A piece of a line, in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class Page(NamedTuple):
    width: float
    height: float
    words: tuple[Word, ...]

    def lines(self) -> list[list[Word]]:
        """By their height, from top to bottom."""
        told: dict[float, list[Word]] = {}
        for word in self.words:
            told.setdefault(round(word.bottom), []).append(word)
        return [told[at] for at in sorted(told)]


def measured(pdf: Path) -> list[Page]:
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', told, re.S)
    number = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
    return [
        Page(float(w), float(h), tuple(Word(*map(float, one[:4]), one[4]) for one in re.findall(number, body)))
        for w, h, body in pages
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("papers")


@pytest.fixture(scope="module")
def eight(folder: Path) -> dict[str, Path]:
    return pictures.printed(folder)


def lettered(file: Path, font: str) -> Path:
    """A line of telling letters in one font."""
    paper = docx.Document()
    run = paper.add_paragraph().add_run(TELLING)
    run.font.name = font
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    paper.save(str(file))
    return file


@pytest.fixture(scope="module")
def samples(folder: Path) -> dict[str, Path]:
    """A page full of text, and the same letters in the standard's font, in simplified and in Japanese forms."""
    sheet = Sheet("版面", dense=False)
    sheet.body("国" * 28 * 30, indent=0)
    (folder / "full.docx").write_bytes(sheet.bytes())
    fonts = {"standard": BODY, "simplified": "Noto Serif CJK SC", "japanese": "Noto Serif CJK JP"}
    files = [folder / "full.docx", *(lettered(folder / f"{name}.docx", font) for name, font in fonts.items())]
    return dict(zip(("full", *fonts), printing.printed(files, folder), strict=True))


@needs_printing
def test_a_full_page_has_22_lines_of_28_characters_within_the_margins_of_the_standard(samples: dict[str, Path]) -> None:
    first = measured(samples["full"])[0]
    assert [round(length / MM) for length in (first.width, first.height)] == [210, 297]
    body = [line for line in first.lines() if set("".join(word.text for word in line)) == {"国"}]
    counts = Counter(sum(len(word.text) for word in line) for line in body)
    assert counts == {28: 22}
    edges = (
        min(word.left for line in body for word in line),
        first.width - max(word.right for line in body for word in line),
    )
    assert [round(edge / MM) for edge in edges] == [28, 26]
    # A line of 28.95 pt has its 16 pt letters in the middle of it.
    pitch = (body[-1][0].bottom - body[0][0].bottom) / 21
    assert pitch == pytest.approx(28.95, abs=0.05)
    top, bottom = body[0][0].top, body[-1][0].bottom
    slack = 28.95 - (body[0][0].bottom - body[0][0].top)
    assert (top - slack) / MM <= 37 <= (bottom / MM)
    assert pytest.approx(225, abs=0.5) == 22 * 28.95 / MM, "297 less 37 and 35"


@needs_printing
def test_each_of_the_main_eight_is_on_a4_and_within_the_margins(eight: dict[str, Path]) -> None:
    for name, pdf in eight.items():
        for page in measured(pdf):
            assert [round(length / MM) for length in (page.width, page.height)] == [210, 297], name
            body = [word for word in page.words if not re.fullmatch(r"[—\d]+", word.text)]
            assert min(word.left for word in body) / MM > 27.5, name
            # A full stop may hang out of its line.
            assert max(word.right for word in body if word.text[-1] not in "，。；：、）") / MM < 184.5, name
            assert min(word.top for word in body) / MM > 35, name
            assert max(word.bottom for word in body) / MM < 297 - 33, name


@needs_printing
def test_a_first_report_fits_one_page(eight: dict[str, Path]) -> None:
    assert len(measured(eight["D3"])) == 1


@needs_printing
def test_no_number_is_broken_at_the_end_of_a_line(eight: dict[str, Path]) -> None:
    for name in MAIN:
        for page in measured(eight[name]):
            ends = [line[-1].text for line in page.lines()]
            begins = [line[0].text for line in page.lines()]
            broken = [
                (one, two)
                for one, two in zip(ends, begins[1:], strict=False)
                if re.search(r"\d[:：]?$", one) and re.match(r"\d+[^\d月年日号人〔]", two) and len(one) > 20
            ]
            assert broken == [], name


@needs_printing
def test_the_letters_are_simplified_where_the_standard_s_own_are_missing(samples: dict[str, Path]) -> None:
    seen = {name: next(pictures.pages(samples[name], 100)).points for name in ("standard", "simplified", "japanese")}
    assert seen["simplified"] != seen["japanese"], "the letters tell them apart"
    if any(name in subprocess.run(["fc-list"], capture_output=True, text=True).stdout for name in ("仿宋", "FangSong")):
        pytest.skip("this machine has the standard's own letters")
    assert seen["standard"] == seen["simplified"]


@needs_printing
def test_the_fonts_are_embedded_so_that_every_office_sees_the_same(eight: dict[str, Path]) -> None:
    for pdf in eight.values():
        rows = subprocess.run(["pdffonts", str(pdf)], capture_output=True, text=True, check=True).stdout.splitlines()[
            2:
        ]
        assert rows
        assert all(re.search(r"\byes yes (yes|no )\s", row) for row in rows), rows


def golden() -> Iterator[str]:
    yield from sorted(file.stem for file in pictures.GOLDEN.glob("*.png"))


@needs_printing
def test_the_main_eight_look_as_when_somebody_looked_at_them(eight: dict[str, Path]) -> None:
    found = {f"{name}-{n}": page for name, pdf in eight.items() for n, page in enumerate(pictures.pages(pdf), start=1)}
    assert sorted(found) == [*golden()]
    far = {}
    for name, page in found.items():
        kept = (pictures.GOLDEN / f"{name}.png").read_bytes()
        assert len(kept) < 60_000
        if (distance := pictures.apart(page, pictures.unpacked(kept))) > TOLERATED:
            far[name] = round(distance, 2)
    assert far == {}, "look at them: `python -m tests.pictures` draws them anew"


def test_a_line_that_moved_is_farther_than_another_build_of_the_letters() -> None:
    kept = pictures.unpacked((pictures.GOLDEN / "D3-1.png").read_bytes())
    width, points = kept.width, kept.points
    paler = kept._replace(points=bytes(min(255, point + 12) if point < 255 else 255 for point in points))
    line = width * 14
    half = len(points) // 2 // width * width
    moved = kept._replace(points=points[:half] + b"\xff" * line + points[half:-line])
    assert pictures.apart(kept, paler) < TOLERATED / 2
    assert pictures.apart(kept, moved) > 2 * TOLERATED


def test_without_libreoffice_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CanNotPrint) as told:
        printing.printed([tmp_path / "D3.docx"], tmp_path)
    assert "make system" in told.value.zh
    assert "make system" in told.value.en


@needs_printing
def test_a_file_that_is_no_paper_is_told_and_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(CanNotPrint, match="LibreOffice made no missing"):
        printing.printed([tmp_path / "missing.docx"], tmp_path)
