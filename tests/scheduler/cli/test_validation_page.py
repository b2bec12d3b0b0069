"""What docs/validation.md shows as the result of a command is what the command prints."""

import re
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A fenced block: its language and what stands in it."""


@pytest.fixture(scope="module")
def page():
    root = Path(__file__).resolve().parents[3]
    return BLOCK.findall((root / "docs" / "validation.md").read_text(encoding="utf-8"))


@pytest.fixture
def desk(page, tmp_path, monkeypatch):
    """A folder with the page's scenario and the days its Python has made."""
    monkeypatch.chdir(tmp_path)
    told = dict(page)
    (tmp_path / "desk.toml").write_text(told["toml"], encoding="utf-8")
    exec(compile(told["python"], "docs/validation.md", "exec"), {})  # noqa: S102  # our own page


@pytest.mark.usefixtures("desk")
def test_the_results_the_page_shows_are_what_the_commands_print(page, call):
    shown = [content.partition("\n") for language, content in page if language == "console"]

    assert len(shown) == 2
    for command, _, result in shown:
        printed = [line.rstrip() for line in call(*command.removeprefix("$ springtide ").split())[1].splitlines()]
        assert [line for line in printed if line] == [line.rstrip() for line in result.splitlines() if line.strip()]
