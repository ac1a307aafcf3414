"""A plan from nothing: it can be read, and its check finds the places to fill, all of them and nothing else."""

from datetime import date
from pathlib import Path

from plans import documents, library, scaffold
from plans.lint import RULES, Around, judge


def test_the_check_finds_the_places_that_the_new_plan_names_and_nothing_else(tmp_path: Path) -> None:
    scaffold.write(tmp_path / "fresh")
    loaded = library.load(tmp_path / "fresh")
    around = Around(
        national=loaded.plan.national.statutory,
        national_fields=library.national_fields(),
        clauses=loaded.clauses,
        sections=library.sections(loaded.folder),
        roster=None,
        on=date(2026, 11, 25),
    )
    left = {one.finding.key: one for one in judge(loaded, around) if one.settled_by is None}
    named = {f"{hole.rule} {hole.path}": hole for hole in scaffold.holes()}
    assert left.keys() == named.keys()
    assert len(named) > 40
    assert {hole.rule for hole in named.values()} <= RULES.keys()
    for key, hole in named.items():
        assert left[key].file == hole.file or left[key].finding.rule == "chapter-missing", key


def test_every_chapter_has_its_file_and_every_file_says_what_it_is_for(tmp_path: Path) -> None:
    scaffold.write(tmp_path / "fresh")
    for name in (*library.CHAPTERS, "decisions"):
        assert (tmp_path / "fresh" / f"{name}.yaml").read_text("utf-8").startswith("# "), name


def test_it_brings_the_templates_and_lists_all_documents(tmp_path: Path) -> None:
    scaffold.write(tmp_path / "fresh")
    own = tmp_path / "fresh" / documents.FOLDER
    assert sorted(file.name for file in own.glob("*.docx")) == sorted(f.name for f in documents.DEFAULT.glob("*.docx"))
    listed = (own / "README.md").read_text("utf-8")
    assert all(f"| {told.id} | {told.title} |" in listed for told in documents.documents())
