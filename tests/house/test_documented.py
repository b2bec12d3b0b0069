"""What exists is documented, and what is documented exists."""

import inspect
import re

import pytest
import typer.main

from scenarios import library_names, load_scenario, title_of
from scenarios.text import LANGUAGES

LINK = re.compile(r"\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)")
EVERYWHERE = {"--help", "--install-completion", "--show-completion"}
"""Options every command line of this kind has."""


@pytest.fixture(scope="module")
def page(root):
    """Read a page of the documentation."""
    return lambda name: (root / "docs" / name).read_text(encoding="utf-8")


def entries(page_text):
    """Keys a page describes: rows of its tables that open with a key, and headings that are one."""
    return re.findall(r"^(?:\| |#+ )`([^`]+)`", page_text, re.MULTILINE)


def sections(page_text, prefix):
    """Text of each section whose heading is a key that starts with ``prefix``."""
    parts = re.split(r"^## ", page_text, flags=re.MULTILINE)[1:]
    found = (re.match(r"`([^`]+)`\n", part) for part in parts)
    return {
        match[1]: part
        for match, part in zip(found, parts, strict=True)
        if match is not None and match[1].startswith(prefix)
    }


def commands():
    """Every command of ``springtide`` with its name as typed."""
    from scheduler.cli import app

    group = typer.main.get_command(app)
    return {f"springtide {name}": command for name, command in group.commands.items()}


def options(command):
    """Long options of a command; both sides of a switch count."""
    names = [name for option in command.params for name in (*option.opts, *option.secondary_opts)]
    return {name for name in names if name.startswith("--")} - EVERYWHERE


def test_every_rule_is_documented_and_every_documented_rule_exists(page):
    from scheduler.rostering.rules import RULE_KEYS

    assert sorted(entries(page("rules.md"))) == sorted(RULE_KEYS)


@pytest.mark.parametrize("name", ["rules.md", "rules.zh.md"])
def test_every_kind_of_rule_is_on_both_pages_about_rules(page, name):
    import scheduler.rules as said

    offered = [getattr(said, one) for one in said.__all__]
    rules = [one for one in offered if isinstance(one, type) and issubclass(one, said.LineRule | said.TeamRule)]
    kinds = [one.__name__ for one in rules if not inspect.isabstract(one)]

    assert len(kinds) > 15
    assert [kind for kind in kinds if f"`{kind}`" not in page(name)] == []


def test_every_kpi_is_documented_and_every_documented_kpi_exists(page):
    from sim.measures.kpis import KPIS

    assert sorted(entries(page("kpis.md"))) == sorted(KPIS)


def test_the_documentation_marks_the_measures_that_hours_and_intervals_have(page):
    from sim.measures.kpis import KPIS
    from sim.measures.sums import Sums

    marked = [row.split("`")[1] for row in page("kpis.md").splitlines() if row.startswith("| `") and "¼" in row]

    assert set(marked) == {key for key, definition in KPIS.items() if Sums.is_fine(definition)}


def test_every_kind_of_finding_in_a_history_is_documented_with_its_treatment(page):
    from forecasting import FindingKind

    rows = [row.split(" | ") for row in page("forecasting.md").splitlines() if row.startswith("| `")]
    told = {row[0].strip("| `"): row[-1].strip("| ").replace(" ", "_") for row in rows}

    assert {kind: told.get(kind) for kind in FindingKind} == {kind: kind.treatment for kind in FindingKind}


def test_every_library_scenario_is_documented_and_every_documented_one_exists(page):
    assert library_names()
    assert sorted(entries(page("scenarios.md"))) == sorted(library_names())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_library_scenario_has_a_title_that_its_documentation_gives(page, language):
    text = page("scenarios.md")

    assert [name for name in library_names() if title_of(name, language) not in text] == []


def test_the_documentation_gives_the_number_of_people_of_every_library_scenario(page):
    rows = {row.split("`")[1]: row for row in page("scenarios.md").splitlines() if row.startswith("| `")}

    assert [name for name in library_names() if f"| {len(load_scenario(name).agents)} |" not in rows[name]] == []


def test_every_command_is_documented_with_every_option_and_nothing_else_is(page):
    described = sections(page("cli.md"), "springtide ")

    assert sorted(described) == sorted(commands())
    for name, command in commands().items():
        told = set(re.findall(r"`(--[a-z][a-z-]*)", described[name]))
        assert told == options(command), name


def test_both_readmes_list_every_command(root):
    for name in ("README.md", "README.zh.md"):
        listed = re.findall(r"^\| `(springtide [a-z-]+)`", (root / name).read_text(encoding="utf-8"), re.MULTILINE)

        assert sorted(listed) == sorted(commands()), name


def test_every_argument_and_option_says_what_it_is():
    silent = [
        f"{name} {param.name}" for name, command in commands().items() for param in command.params if not param.help
    ]

    assert silent == []


def test_every_link_of_the_documents_leads_somewhere(root, project_files):
    pages = [path for path in project_files if path.suffix == ".md"]
    broken = [
        f"{path.relative_to(root)}: {target}"
        for path in pages
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert len(pages) > 10
    assert broken == []


def test_every_page_is_in_the_index(root, page):
    index = set(LINK.findall(page("README.md")))
    pages = {path.relative_to(root / "docs").as_posix() for path in (root / "docs").rglob("*.md")} - {"README.md"}

    assert pages <= index, pages - index


def test_files_that_the_documents_name_exist(root, project_files):
    """A path in backticks that names a file of a room, of the tests or of the benchmarks is a promise."""
    named = re.compile(
        r"`((?:scenarios|forecasting|sim|scheduler|dashboard|tests|benchmarks|requirements|docs)/[\w/.*-]+)`"
    )
    broken = [
        f"{path.relative_to(root)}: {name}"
        for path in project_files
        if path.suffix == ".md" and path.name != "CHANGELOG.md"
        for name in named.findall(path.read_text(encoding="utf-8"))
        if not any(root.glob(name.rstrip("/")))
    ]

    assert broken == []
