"""`fenghuo drill list|check|run|import|schema`: cases, and how they are played.

The work is in `cli.casework`, loaded when it is asked for: the other commands of a drill need none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cli.exits import Exit, end
from settings import Settings

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Script = Annotated[str, typer.Argument(metavar="SCRIPT", help="案例名或文件 · a case's name, or a file")]


def add(app: typer.Typer, settings: Callable[[], Settings]) -> None:
    """Put the commands into `app`; `settings` makes those of the drill side."""

    @app.command("list")
    def list_cases(json_: Json = False) -> None:
        """可演练的案例 · The cases that can be played."""
        from cli import casework

        casework.list_cases(json_)
        end(Exit.DONE)

    @app.command("schema")
    def schema() -> None:
        """脚本的 JSON Schema · The JSON Schema of a case's file."""
        from cli import casework

        casework.show_schema()
        end(Exit.DONE)

    @app.command("check")
    def check(name: Script, json_: Json = False) -> None:
        """检查脚本 · Whether a case can be played and its expectations met: 0, else 2 with file, line and place."""
        from cli import casework

        end(casework.check(settings(), name, json_))

    @app.command("run")
    def run(
        name: Script,
        headless: Annotated[
            bool, typer.Option("--headless", help="时钟前移，不等人 · on skipped time, waiting for nobody")
        ] = False,
        core: Annotated[
            bool, typer.Option("--core", help="只在规则内核中，不用引擎 · in the pure core alone, without the engine")
        ] = False,
        speed: Annotated[
            int | None,
            typer.Option("--speed", min=1, help="有人参演，几倍速 · with people, 1: real time"),
        ] = None,
        people: Annotated[
            str, typer.Option("--people", help="由真人担任的岗位，逗号分隔 · posts held by real people, by commas")
        ] = "",
        test_server: Annotated[
            bool, typer.Option("--test-server", help="改用测试引擎前移时钟 · headless on the test server, the fallback")
        ] = False,
        json_: Json = False,
    ) -> None:
        """演练一个案例并对照预期 · Play a case and judge what was expected: 0, else 1 where something was not met."""
        from cli import casework

        how = casework.How(headless, test_server, core, speed, people)
        end(casework.run(settings(), name, how, json_))

    @app.command("import")
    def import_rows(
        rows: Annotated[Path, typer.Argument(metavar="ROWS.json", help="事故事实 · an accident as rows")],
        plan: Annotated[str, typer.Option("--plan", help="预案 · by which plan")],
        sector: Annotated[str, typer.Option("--sector", help="行业 · its sector")] = "other",
        to: Annotated[Path | None, typer.Option("--to", help="写入文件 · into this file, else stdout")] = None,
    ) -> None:
        """由事故事实生成脚本 · Make a script from the rows of an accident."""
        from cli import casework

        casework.import_rows(settings(), rows, plan, sector, to)
        end(Exit.DONE)
