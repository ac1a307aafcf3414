"""In which language the terminal speaks: Chinese, or English with `--lang en` or FENGHUO_LANG=en."""

from __future__ import annotations

import os
from typing import Literal, get_args

import typer

Language = Literal["zh", "en"]
_VARIABLE = "FENGHUO_LANG"
_OPTION = "--lang"


def take(words: list[str]) -> list[str]:
    """The words of a command without `--lang`, which may stand anywhere and is remembered. Raises `ValueError`."""
    left: list[str] = []
    told: str | None = None
    rest = iter(words)
    for word in rest:
        if word == _OPTION:
            told = next(rest, "")
        elif word.startswith(_OPTION + "="):
            told = word.removeprefix(_OPTION + "=")
        else:
            left.append(word)
    if told is not None:
        if told not in get_args(Language):
            raise ValueError(f"--lang: 应为 zh 或 en，现为 {told!r} · expected zh or en")
        os.environ[_VARIABLE] = told
    return left


def asked() -> Language | None:
    """The language that was asked for, if any."""
    told = os.environ.get(_VARIABLE)
    return "en" if told == "en" else "zh" if told else None


def said(zh: str, en: str) -> str:
    """These words in the language that was asked for."""
    return en if asked() == "en" else zh


def tell(zh: str, en: str, err: bool = False) -> None:
    """Say it to the person at the terminal; on stderr where stdout is for JSON."""
    typer.echo(said(zh, en), err=err)
