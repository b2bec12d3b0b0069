"""Everything a person reads exists in Chinese and in English, with the same facts in it."""

import ast
import re
import string
from pathlib import Path

import pytest

from scenarios.text import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = tuple(sorted(path.parent for path in ROOT.glob("*/text/en.toml")))


def placeholders(template: str) -> set[str]:
    return {field.partition(".")[0].partition("[")[0] for _, field, _, _ in string.Formatter().parse(template) if field}


def has_chinese(message: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in message)


def test_the_catalogue_of_the_vocabulary_is_among_those_tested():
    assert ROOT / "scenarios" / "text" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_both_languages_hold_the_same_keys_and_the_same_placeholders(folder):
    english, chinese = (catalogue(folder, language) for language in LANGUAGES)

    assert set(english) == set(chinese)
    assert english, "an empty catalogue holds nothing to compare"
    different = [key for key in english if placeholders(english[key]) != placeholders(chinese[key])]
    assert different == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_english_messages_hold_no_chinese_and_every_longer_chinese_message_does(folder):
    english, chinese = (catalogue(folder, language) for language in LANGUAGES)
    own_name = {key for key in english if key.rpartition(".")[2] in {"language_zh", "language", "product"}}

    assert [key for key in english if key not in own_name and has_chinese(english[key])] == []
    prose = [
        key for key, message in english.items() if len(message.split()) > 3 and re.search("[A-Za-z]", chinese[key])
    ]
    assert [key for key in prose if not has_chinese(chinese[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_what_is_wrong_what_is_expected_and_what_to_do(language):
    separators = {"en": "; ", "zh": "；"}
    stops = {"en": ".", "zh": "。"}
    messages = catalogue(ROOT / "scenarios" / "text", language)
    errors = {key: message for key, message in messages.items() if key.startswith("errors.")}

    assert errors
    unclear = {key for key, message in errors.items() if message.count(separators[language]) < 1}
    unended = {key for key, message in errors.items() if not message.endswith((stops[language], "}"))}
    assert (unclear, unended) == (set(), set())


def raised(tree):
    """Each error that is made with a literal key: (key, names of its facts, whether further facts come by ``**``)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in {"PlanningError", "UsageError"}:
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            names = {keyword.arg for keyword in node.keywords}
            yield node.args[0].value, names - {"place", None}, None in names


@pytest.fixture(scope="module")
def trees(root, rooms):
    """The syntax tree of every file of the rooms and the benchmarks, whose readers speak to people too."""
    paths = [path for room in (*rooms, "benchmarks") for path in (root / room).rglob("*.py")]
    return {path.relative_to(root).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_every_error_that_is_raised_has_its_message_and_gives_the_facts_it_names(trees):
    messages = catalogue(ROOT / "scenarios" / "text", "en")
    wrong = []
    for name, tree in trees.items():
        for key, facts, more in raised(tree):
            template = messages.get(f"errors.{key}")
            if template is None or not (more or placeholders(template) <= facts):
                wrong.append(f"{name}: {key}")

    assert wrong == []


def test_every_message_of_the_catalogue_for_errors_is_used(trees):
    messages = catalogue(ROOT / "scenarios" / "text", "en")
    keys = {key.removeprefix("errors.") for key in messages if key.startswith("errors.")}
    constants = {
        node.value
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value
    }

    assert keys - {value for value in constants if isinstance(value, str)} == set()
