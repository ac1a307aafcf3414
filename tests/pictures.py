"""Pages as pictures, without a library for them: poppler draws, and the standard library reads, packs and compares.

`python -m tests.pictures` draws the golden pictures anew: look at each before you commit it.
"""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from papers import printing
from papers.filling import fields
from papers.rendering import rendered
from plans.documents import DEFAULT, document
from tests.papers import MAIN, drawn_up, source

GOLDEN = Path(__file__).parent / "golden" / "documents"
DPI = 40
GREYS = 16
"""So few shades keep a picture small; letters are read all the same."""
TOOLS = ("pdftoppm", "pdftotext", "pdffonts")


def wanting() -> str:
    """What this machine lacks to print and to measure; empty: nothing."""
    lacks = [] if printing.program() else ["LibreOffice"]
    lacks += [tool for tool in TOOLS if shutil.which(tool) is None]
    if not lacks and "Noto Serif CJK SC" not in subprocess.run(["fc-list"], capture_output=True, text=True).stdout:
        lacks.append("fonts-noto-cjk")
    return ", ".join(lacks)


class Picture(NamedTuple):
    """A page in shades of grey, a byte for each point, line after line."""

    width: int
    height: int
    points: bytes

    def png(self) -> bytes:
        """As a file, in few shades."""
        step = 256 // GREYS
        shades = bytes(min(255, (point // step) * 255 // (GREYS - 1)) for point in range(256))
        told = self.points.translate(shades)
        rows = (told[at : at + self.width] for at in range(0, len(told), self.width))
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 0, 0, 0, 0)
        body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
        parts = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in parts
        )


def unpacked(png: bytes) -> Picture:
    """A picture that `png` wrote."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        data += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    rows = zlib.decompress(data)
    return Picture(width, height, b"".join(rows[y * (width + 1) + 1 : (y + 1) * (width + 1)] for y in range(height)))


def pages(pdf: Path, dpi: int = DPI) -> Iterator[Picture]:
    """The pages of a PDF."""
    told = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", str(pdf)], capture_output=True, check=True).stdout
    while told:
        head = re.match(rb"P5\s+(\d+) (\d+)\s+255\s", told)
        assert head
        width, height = int(head[1]), int(head[2])
        end = head.end() + width * height
        yield Picture(width, height, told[head.end() : end])
        told = told[end:]


def apart(one: Picture, other: Picture) -> float:
    """The share of inked places that are inked on one of two pages alone, 0 to 1: where lines and rules stand counts,
    how its letters are drawn hardly does."""
    if (one.width, one.height) != (other.width, other.height):
        return 1.0
    here, there = _inked(one), _inked(other)
    return len(here ^ there) / max(1, len(here | there))


def _inked(told: Picture, block: int = 5, ink: float = 0.02) -> set[tuple[int, int]]:
    """The small blocks of a page with more than a speck of ink."""
    most = 255 * block**2
    found = set()
    for y in range(0, told.height - block + 1, block):
        for x in range(0, told.width - block + 1, block):
            lines = range(y * told.width + x, (y + block) * told.width + x, told.width)
            if 1 - sum(sum(told.points[at : at + block]) for at in lines) / most > ink:
                found.add((x, y))
    return found


def printed(folder: Path) -> dict[str, Path]:
    """The main eight of the staged incident, as PDF in a folder."""
    files = []
    for number in MAIN:
        filled = fields(source(drawn_up()[number], number), document(number))
        files.append(folder / f"{number}.docx")
        files[-1].write_bytes(rendered(DEFAULT / f"{number}.docx", filled.values))
    return dict(zip(MAIN, printing.printed(files, folder), strict=True))


if __name__ == "__main__":
    if lacks := wanting():
        sys.exit(f"wanting: {lacks}")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for old in GOLDEN.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as there:
        for name, pdf in printed(Path(there)).items():
            for page, picture in enumerate(pages(pdf), start=1):
                (GOLDEN / f"{name}-{page}.png").write_bytes(picture.png())
