"""A .docx as PDF, by LibreOffice, whose own choice for a font that is not there has Japanese forms of letters.

The letters that the standard names (仿宋_GB2312, 方正小标宋简体 ...) are in no registry: where the machine has them
they are taken, else simplified ones in their place.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

WITHIN = 120.0
"""Seconds, for all files of one call: the first start of LibreOffice is slow."""
PROGRAMS = ("soffice", "libreoffice")

_SONG = ("FangSong", "STFangsong", "Noto Serif CJK SC", "Noto Serif SC")
_STANDS_IN: Mapping[str, Sequence[str]] = {
    "仿宋_GB2312": _SONG,
    "仿宋": _SONG,
    "楷体_GB2312": ("KaiTi", "STKaiti", "AR PL UKai CN", "Noto Serif CJK SC", "Noto Serif SC"),
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", "STZhongsong", "Noto Serif CJK SC", "Noto Serif SC"),
    "宋体": ("SimSun", "STSong", "Noto Serif CJK SC", "Noto Serif SC"),
    "黑体": ("SimHei", "STHeiti", "Noto Sans CJK SC", "Noto Sans SC"),
}
"""What stands in for a font that is not installed, in order."""


class CanNotPrint(Exception):
    """No PDF came of it, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def program() -> str | None:
    """LibreOffice, where the machine has it."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def printed(papers: Sequence[Path], folder: Path) -> list[Path]:
    """These papers as PDF in a folder, under their own names. Raises `CanNotPrint`."""
    office = program()
    if office is None:
        raise CanNotPrint(
            "没有 LibreOffice，不能生成 PDF：请先 `make system`（或安装 libreoffice-writer）",
            "no LibreOffice, so no PDF: `make system` first, or install libreoffice-writer",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own:
        # A profile of its own: another one that runs on this machine would take the work and end at once.
        fonts = Path(own, "fonts.conf")
        fonts.write_text(font_map(), "utf-8")
        words = [office, f"-env:UserInstallation=file://{own}/profile", "--headless", "--convert-to", "pdf"]
        try:
            done = subprocess.run(
                [*words, "--outdir", str(folder), *map(str, papers)],
                env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
                capture_output=True,
                text=True,
                timeout=WITHIN,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CanNotPrint(
                f"LibreOffice {WITHIN:.0f} 秒内没有完成", f"LibreOffice did not end within {WITHIN:.0f} s"
            ) from None
    made = [folder / f"{paper.stem}.pdf" for paper in papers]
    if missing := [file.name for file in made if not file.is_file()]:
        why = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise CanNotPrint(f"LibreOffice 没有生成 {missing[0]}：{why}", f"LibreOffice made no {missing[0]}: {why}")
    return made


def font_map() -> str:
    """The machine's own fontconfig, and what stands in for the letters of official papers."""
    aliases = "".join(
        f'<alias binding="same"><family>{escape(name)}</family><accept>'
        + "".join(f"<family>{escape(other)}</family>" for other in others)
        + "</accept></alias>\n"
        for name, others in _STANDS_IN.items()
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n{aliases}</fontconfig>\n'
    )
