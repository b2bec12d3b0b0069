import io

import pytest
from rich.console import Console

from scenarios.text import use_language
from scheduler.commands.console import Watch, print_table, stage_name
from scheduler.nightly import STAGES


@pytest.fixture(autouse=True)
def english():
    use_language("en")


def test_without_a_terminal_each_stage_is_a_line_once(capsys):
    with Watch() as watch:
        for stage, done in (("ingest", 0), ("ingest", 1), ("plan", 0), ("simulate", 3), ("plan", 1)):
            watch.tell(stage, done, 1)

    said = capsys.readouterr()
    assert said.err.splitlines() == ["Read inputs …", "Plan and prove …", "Simulate …"]
    assert said.out == ""


def test_on_a_terminal_each_stage_is_a_bar(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(
        "scheduler.commands.console.Console", lambda **_: Console(file=screen, force_terminal=True, width=80)
    )
    with Watch() as watch:
        watch.tell("simulate", 0, 20)
        watch.tell("simulate", 20, 20)
        watch.tell("roster_polish", 0, 0)

    assert "Simulate" in screen.getvalue()
    assert "20/20" in screen.getvalue()


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_of_the_night_has_a_name(stage):
    assert stage_name(stage) != stage


def test_a_table_in_a_pipe_is_never_cut(capsys):
    print_table("title [x]", ["name", "value"], [("[bold]a", "1.5"), ("b" * 150, "22")])

    said = capsys.readouterr().out
    assert "[bold]a" in said
    assert "b" * 150 in said
