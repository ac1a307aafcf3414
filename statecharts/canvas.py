"""The few marks that our drawings are made of, as SVG; and how wide a line of Chinese and English is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

INK, PALE, PAPER, LIGHT, GLOW = "#1f2933", "#9aa5b1", "#ffffff", "#ffd666", "#ad6800"
FONT = "'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"


class Picture(NamedTuple):
    """A drawing of its own size, in pixels, from its upper left corner."""

    width: float
    height: float
    marks: ET.Element


def svg(*pictures: Picture, gap: float = 28) -> str:
    """One file with the pictures one below the other, on white."""
    width = max(picture.width for picture in pictures) + 2 * gap
    height = sum(picture.height + gap for picture in pictures) + gap
    size = {"width": number(width), "height": number(height), "viewBox": f"0 0 {number(width)} {number(height)}"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "font-family": FONT})
    box(root, 0, 0, width, height, stroke="none")
    down = gap
    for picture in pictures:
        place = ET.SubElement(root, "g", {"transform": f"translate({number(gap)} {number(down)})"})
        place.append(picture.marks)
        down += picture.height + gap
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def box(on: ET.Element, x: float, y: float, w: float, h: float, fill: str = PAPER, stroke: str = INK) -> None:
    ET.SubElement(on, "rect", {**_at(x=x, y=y, width=w, height=h), "rx": "6", "fill": fill, "stroke": stroke})


def line(on: ET.Element, x1: float, y1: float, x2: float, y2: float, stroke: str = INK, width: float = 1.5) -> None:
    ET.SubElement(on, "line", {**_at(x1=x1, y1=y1, x2=x2, y2=y2), "stroke": stroke, "stroke-width": number(width)})


def dot(on: ET.Element, x: float, y: float, radius: float = 4, fill: str = INK) -> None:
    ET.SubElement(on, "circle", {**_at(cx=x, cy=y, r=radius), "fill": fill})


def head(on: ET.Element, x: float, y: float, towards: int, fill: str = INK) -> None:
    """The tip of an arrow at (x, y) that points right (1) or left (-1)."""
    back = x - 9 * towards
    points = " ".join(f"{number(a)},{number(b)}" for a, b in ((x, y), (back, y - 5), (back, y + 5)))
    ET.SubElement(on, "polygon", {"points": points, "fill": fill})


def curve(on: ET.Element, path: str, stroke: str = INK) -> None:
    ET.SubElement(on, "path", {"d": path, "fill": "none", "stroke": stroke, "stroke-width": "1.5"})


def text(
    on: ET.Element, x: float, y: float, words: str, size: float = 14, anchor: str = "middle", fill: str = INK,
    bold: bool = False,
) -> None:  # fmt: skip
    """One line of words, `y` its baseline."""
    told = ET.SubElement(on, "text", {**_at(x=x, y=y), "font-size": number(size), "text-anchor": anchor, "fill": fill})
    if bold:
        told.set("font-weight", "bold")
    told.text = words


def wide(words: str, size: float) -> float:
    """How many pixels a line takes at most: a Chinese sign is as wide as it is high."""
    return sum(size if unicodedata.east_asian_width(sign) in "WFA" else 0.62 * size for sign in words)


def wrapped(words: str, width: float, size: float) -> Iterator[str]:
    """The words in lines of at most `width` pixels; Chinese breaks anywhere, other words stay whole."""
    told = ""
    for piece in re.findall(r"[!-~]+ ?|.", words):
        if told and wide(told + piece.rstrip(), size) > width:
            yield told.rstrip()
            told = ""
        told += piece
    if told.strip():
        yield told.rstrip()


def number(value: float) -> str:
    """A length as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")


def _at(**lengths: float) -> dict[str, str]:
    return {name: number(length) for name, length in lengths.items()}
