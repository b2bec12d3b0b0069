"""What a judgement looks like outside: the grid back with colours, findings in both languages, JSON."""

import json

import pytest
from python_calamine import load_workbook

from scheduler.exchange import judgement_sections, read_grid, write_judgement_excel, write_judgement_json
from scheduler.exchange.desk_text import fits_sections, swap_sections, why_sections
from scheduler.exchange.judgement_text import say_change
from scheduler.judging.changes import Change, ChangeKind
from scheduler.judging.fits import Gap, who_fits
from scheduler.judging.judge import JudgeSettings, judge
from scheduler.judging.swap import Cell, check_swap
from scheduler.judging.why import why
from scheduler.staffing import Training

from .conftest import TUESDAY, WEDNESDAY, shift

LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def written(tmp_path_factory, corner, demand):
    """A grid with a cell that cannot be read and a rule that is broken, judged and written."""
    folder = tmp_path_factory.mktemp("judged")
    grid = folder / "grid.csv"
    grid.write_text(
        "姓名,11/10,11/11\n张伟,10-18 desk,10-18 online\n李娜,早,10-18\n王芳,10-14,休\n赵敏,14-18 desk,年假\n"
        "孙丽,14-18 @desk,\npool-1,10-14 desk,10-14 desk\npool-2,,14-18 desk\n",
        encoding="utf-8",
    )
    settings = JudgeSettings(proof_days=40, effect_days=10, training=Training(contacts_per_round=10_000))
    judged = judge(read_grid(grid, corner), demand, settings=settings)
    for language in LANGUAGES:
        write_judgement_excel(judged, folder / f"{language}.xlsx", language)
    write_judgement_json(judged, folder / "judgement.json")
    return folder, judged


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grid_comes_back_and_reads_as_the_same_roster(written, corner, language):
    folder, judged = written
    names = load_workbook(folder / f"{language}.xlsx").sheet_names
    assert len(names) == 4

    for sheet, roster in ((names[0], judged.roster), (names[1], judged.repaired)):
        back = read_grid(folder / f"{language}.xlsx", corner, sheet=sheet)
        assert back.faults == ()
        found = {(s.agent, s.date, s.template, *s.groups, s.start_us, s.end_us, s.breaks or ()) for s in back.shifts}
        rows = roster.assignments
        assert found == {(r.agent, r.date, r.template, r.group, r.start_us, r.end_us, r.breaks) for r in rows}
    assert back.scenario.agent("赵敏").leave == (WEDNESDAY,)


def test_the_findings_name_fault_rule_hour_and_repair_in_both_languages(written):
    folder, judged = written
    for language, words in (
        ("zh", ("没有读出来", "缺少客服组要求", "最先出问题", "找到的最省改法", "结论")),
        ("en", ("could not be read", "lacks", "What breaks first", "Cheapest repairs", "In short")),
    ):
        sheet = load_workbook(folder / f"{language}.xlsx").get_sheet_by_index(2).to_python()
        told = "\n".join(str(cell) for row in sheet for cell in row)
        assert [word for word in words if word not in told] == []
        sections = judgement_sections(judged, language)
        assert all(len(row) == len(section.header) for section in sections for row in section.rows)
    assert "grid.csv:B3" in told


def test_the_file_for_programs_holds_everything_a_person_is_told(written):
    folder, judged = written
    table = json.loads((folder / "judgement.json").read_text(encoding="utf-8"))

    assert table["schema"] == 1
    assert [row["key"] for row in table["faults"]] == ["grid_cell"]
    assert len(table["statements"]) == len(judged.verdict.statements) == 2
    assert len(table["repairs"]) == len(judged.repairs) > 0
    assert table["repairs_yuan"] == pytest.approx(sum(row["yuan"] for row in table["repairs"]))
    assert table["repairs"][0]["change"]["said"].keys() == set(LANGUAGES)
    assert table["repaired"]["shifts"] != table["shifts"]


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_change_is_said_with_its_people_and_times(corner, kind):
    one, other = shift("王芳", 10), shift("赵敏", 14)
    removed = () if kind is ChangeKind.ADD else (one, other) if kind is ChangeKind.SWAP else (one,)
    added = () if kind is ChangeKind.DROP else (shift("赵敏", 10),)
    for language in LANGUAGES:
        said = say_change(Change(kind, removed, added), corner.horizon, language)
        assert "赵敏" in said or "王芳" in said
        assert f"{TUESDAY}" in said
        assert "{" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_swap_fits_and_why_are_told_in_words(floor, roster, wanted, language):
    both = roster(shift("王芳", 10), shift("孙丽", 14, group="online"), shift("pool-1", 10))
    check = check_swap(floor, both, wanted(1), [Cell("王芳", TUESDAY), Cell("孙丽", TUESDAY)])
    gap = Gap(TUESDAY, 600, 840, "desk")
    parts = [
        *swap_sections(check, floor.scenario, language),
        *fits_sections(*who_fits(floor, both, wanted(2), gap), gap, floor.scenario, language),
        *why_sections(why(floor, both, wanted(2), "王芳", TUESDAY), floor.scenario, language),
    ]

    assert len(parts) >= 8
    assert all(part.title and (part.rows or part.sentences) for part in parts)
    cells = [cell for part in parts for row in part.rows for cell in row]
    told = "\n".join([*cells, *(sentence for part in parts for sentence in part.sentences)])
    words = {"zh": ("缺少", "这时已在班", "不能换"), "en": ("lacks", "at work then already", "may not be done")}
    assert [word for word in words[language] if word not in told] == []
