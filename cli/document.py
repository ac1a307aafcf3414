"""`fenghuo document`: an incident's papers, drawn up in Word, printed, checked after editing, signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import desk, drawing_up, evidence
from cli.drawing_up import Paper
from cli.exits import Exit, end, stop
from cli.incident import answer, ask
from cli.language import said, tell
from incidents.signing import SignDocument
from papers import filling, printing
from plans import documents
from plans.vocabulary import WORDS
from settings import Settings

if TYPE_CHECKING:
    from papers.figures import Difference

Json = Annotated[bool, typer.Option("--json", help="JSON alone on stdout; words go to stderr")]
Number = Annotated[str, typer.Argument(metavar="ID", help="事故编号 · the incident's number")]
Doc = Annotated[str, typer.Argument(metavar="DOC", help="文书编号，如 D3 · the document's number")]
File = Annotated[Path, typer.Argument(metavar="FILE.docx", help="改过的文稿 · the edited paper")]
About = Annotated[
    str,
    typer.Option(
        "--report",
        "--of",
        help="哪份报告、接报、任务、批示、时限、审批 · which report, intake, task, leg, ...",
    ),
]
As = Annotated[str | None, typer.Option("--as", help="以谁的身份 · whose token")]
MakeSettings = Callable[[], Settings]


def make_app(settings: MakeSettings, help_: str) -> typer.Typer:
    """The same commands for one kind of home: live, or drill."""
    app = typer.Typer(no_args_is_help=True, help=help_)

    @app.command("list")
    def list_documents(
        number: Annotated[str, typer.Argument(metavar="[ID]", help="事故编号 · an incident's number")] = "",
        json_: Json = False,
    ) -> None:
        """文书目录；给出事故编号则列已生成的 · The documents there are, or those drawn up for an incident."""
        rows = _drawn(settings(), number) if number else _index(settings())
        if json_:
            typer.echo(json.dumps(rows, ensure_ascii=False))
        for row in [] if json_ else rows:
            typer.echo(_row(row))
        if not rows:
            tell("还没有生成文书", "no document is drawn up yet", err=True)
        end(Exit.DONE)

    def make(
        number: Number,
        doc: Doc,
        about: About = "",
        to: Annotated[Path | None, typer.Option("--to", help="存为 · the file to write")] = None,
        pdf: Annotated[bool, typer.Option("--pdf", help="同时生成 PDF · a PDF beside it")] = False,
        refresh: Annotated[
            bool, typer.Option("--refresh", help="按现在的日志重出，编号不变 · as the log stands now, same number")
        ] = False,
        overwrite: Annotated[
            bool, typer.Option("--overwrite", help="覆盖已有文件 · over a file that is there")
        ] = False,
        as_: As = None,
        json_: Json = False,
    ) -> None:
        """生成文书：Word，可加 PDF · Draw a document up: its figures stay, what came since stands beside."""
        home = settings()
        told = drawing_up.document(doc)
        paper = drawing_up.paper(home, drawing_up.incident(home, number), told, about, _who(home, as_, number), refresh)
        name = "-".join(filter(None, (doc, paper.drawn.about)))
        file = to or home.folder / "documents" / number / f"{name}.docx"
        if file.exists() and not (overwrite or refresh):
            stop(
                Exit.BAD_INPUT,
                f"--to：{file} 已存在，可能改过：另给文件名，或加 --overwrite",
                f"--to: {file} is there and may have been edited: expected another name, or --overwrite",
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(paper.content)
        row = drawing_up.told(paper) | {"file": str(file), "template": str(paper.template), "pdf": None, "pages": None}
        if pdf:
            made = _printed([file], file.parent)[0]
            row |= {"pdf": str(made), "pages": drawing_up.pages(made)}
        if json_:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            typer.echo(f"{paper.drawn.number}  {file}" + (f"  {row['pdf']}" if pdf else ""))
        _beside(home, paper)
        if doc == "D3" and (row["pages"] or 1) > 1:
            tell(
                f"首报以一页为宜，现为 {row['pages']} 页",
                f"a first report fits a page; it has {row['pages']}",
                err=True,
            )
        end(Exit.DONE)

    def check(number: Number, doc: Doc, file: File, about: About = "", json_: Json = False) -> None:
        """核对改过的文稿 · Which figures of an edited paper differ from the log: 0 none, else 1."""
        home = settings()
        paper = drawing_up.drawn_before(home, drawing_up.incident(home, number), drawing_up.document(doc), about)
        found = _differing(paper, evidence.read(file, "FILE"))
        if json_:
            typer.echo(json.dumps(_compared(paper, found), ensure_ascii=False))
        _say(found, err=json_)
        _beside(home, paper)
        end(Exit.FAULT if found else Exit.DONE)

    for names, run in ((("make", "draft"), make), (("check", "upload"), check)):
        for name in names:
            app.command(name, hidden=name != names[0])(run)

    @app.command("sign")
    def sign(
        number: Number,
        doc: Doc,
        file: File,
        by: Annotated[str, typer.Option("--by", help="签发人 · who signs")],
        form: Annotated[str, typer.Option("--form", help="in_system 系统内 | paper 纸面")],
        differs: Annotated[str, typer.Option("--differs", help="数字不一致的原因 · why figures differ")] = "",
        about: About = "",
        as_: As = None,
        command_id: Annotated[str | None, typer.Option("--command-id", help="重试时给同一个 · repeat with it")] = None,
        json_: Json = False,
    ) -> None:
        """签发：文件存证，哈希入日志 · Sign a paper: the file is kept, and the log has its hash."""
        home = settings()
        paper = drawing_up.drawn_before(home, drawing_up.incident(home, number), drawing_up.document(doc), about)
        content = evidence.read(file, "FILE")
        found = _differing(paper, content)
        _say(found, err=True)
        asked = {
            "document": doc,
            "about": paper.drawn.about,
            "number": paper.drawn.number,
            "as_at": paper.filled.as_at.isoformat(),
            "sha256": evidence.keep(home, content),
            "name": file.name,
            "signed_by": by,
            "form": form,
            "differing": [one._asdict() for one in found],
            "differs": differs,
        }
        acts = as_ or (by if form == "in_system" else None)
        for told in desk.run(lambda: ask(home, SignDocument, number, [asked], acts, None, command_id, False)):
            code = answer(told | {"sha256": asked["sha256"], "differing": asked["differing"]}, json_)
        end(code)

    @app.command("export")
    def export(
        number: Number,
        to: Annotated[Path, typer.Option("--to", help="文件夹 · the folder")],
        pdf: Annotated[bool, typer.Option("--pdf", help="同时生成 PDF · a PDF beside each")] = False,
        json_: Json = False,
    ) -> None:
        """导出已生成的文书 · Write all documents of an incident that were drawn up into a new folder."""
        home = settings()
        if to.exists():
            stop(
                Exit.BAD_INPUT,
                f"--to：须为尚不存在的文件夹，现为 {to}",
                f"--to: expected a folder that does not exist yet, found {to}",
            )
        papers = drawing_up.all_drawn(home, drawing_up.incident(home, number))
        to.mkdir(parents=True)
        files = [to / ("-".join(filter(None, (paper.document.id, paper.drawn.about))) + ".docx") for paper in papers]
        for paper, file in zip(papers, files, strict=True):
            file.write_bytes(paper.content)
        if pdf and files:
            _printed(files, to)
        rows = [drawing_up.told(paper) | {"file": str(file)} for paper, file in zip(papers, files, strict=True)]
        if json_:
            typer.echo(json.dumps(rows, ensure_ascii=False))
        for row in [] if json_ else rows:
            typer.echo(f"{row['number']}  {row['file']}")
        end(Exit.DONE)

    return app


def _who(settings: Settings, user: str | None, number: str) -> str:
    try:
        return desk.who(settings, user, None, lambda: desk.place_of(settings, number)).user
    except desk.NotAllowed as error:
        desk.stop_told(Exit.REFUSED, error)


def _printed(files: list[Path], folder: Path) -> list[Path]:
    try:
        return printing.printed(files, folder)
    except printing.CanNotPrint as error:
        stop(Exit.FAULT, error.zh, error.en)


def _differing(paper: Paper, content: bytes) -> tuple[Difference, ...]:
    # Its libraries take long to load.
    from papers.figures import Unreadable, differences

    try:
        return differences(paper.content, content)
    except Unreadable as error:
        stop(Exit.BAD_INPUT, f"FILE：应为可读的 .docx，{error}", f"FILE: expected a readable .docx, {error}")


def _compared(paper: Paper, found: tuple[Difference, ...]) -> dict[str, Any]:
    return drawing_up.told(paper) | {"differing": [one._asdict() for one in found]}


def _say(found: tuple[Difference, ...], err: bool) -> None:
    if not found:
        tell("数字与日志一致", "no figure differs from the log", err=err)
    for one in found:
        draft, paper = one.draft or said("无", "none"), one.paper or said("无", "none")
        tell(f"不一致  {one.of}：日志 {draft}，文稿 {paper}", f"differs  {one.of}: log {draft}, paper {paper}", err=err)


def _beside(settings: Settings, paper: Paper) -> None:
    """What the log has come to since; the draft stays as it is."""
    at = desk.local(settings, paper.filled.as_at)
    moved = "、".join(f"{WORDS[name]} {_n(before)}→{_n(now)}" for name, (before, now) in paper.since.items())
    if moved:
        tell(
            f"数字截至 {at}；此后：{moved}（文稿不变，要按现在重出用 --refresh）",
            f"figures as at {at}; since then: {moved} (the draft stays; --refresh draws it up anew)",
            err=True,
        )


def _n(count: int | None) -> str:
    return "？" if count is None else str(count)


def _index(settings: Settings) -> list[dict[str, Any]]:
    rows = []
    for told in documents.documents():
        template = documents.template(told, documents.DEFAULT, settings.home)
        rows.append(
            {
                "document": told.id,
                "title": told.title,
                "purpose": told.purpose,
                "fillable": filling.fillable(told.id),
                "series": settings.document_series.get(told.id) or told.series or told.title,
                "template": str(template) if template else None,
            }
        )
    return rows


def _drawn(settings: Settings, number: str) -> list[dict[str, Any]]:
    case = drawing_up.incident(settings, number)
    signed: dict[str, list[dict[str, Any]]] = {}
    for entry in case.entries:
        if entry.kind == "document_signed":
            told = {name: entry.data[name] for name in ("signed_by", "form", "sha256", "differs")}
            signed.setdefault(entry.data["number"], []).append({"at": entry.true_at.isoformat(), **told})
    return [
        drawing_up.told(paper) | {"signed": signed.get(paper.drawn.number, [])}
        for paper in drawing_up.all_drawn(settings, case)
    ]


def _row(row: dict[str, Any]) -> str:
    if "number" not in row:
        return f"{row['document']:4} {row['title']}  {'' if row['template'] else said('待定', 'none yet')}".rstrip()
    signed = "、".join(f"{one['signed_by']}" for one in row["signed"])
    hand = said(f"已签 {signed}", f"signed by {signed}") if signed else said("未签", "not signed")
    return f"{row['document']:4} {row['number']}  {row['title']}  {row['about']}  {hand}"


app = make_app(Settings, "文书 · documents: drawn up, printed, checked, signed")
