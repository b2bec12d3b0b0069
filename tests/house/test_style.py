"""Files and functions stay small enough to be read at one sitting, and tests test."""

import ast

import pytest

LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 400, 60, 8
"""Lines, lines, and parameters (a method's own object included): the house rules of CONTRIBUTING.md."""
CHECKS = ("assert", "raises", "warns", "check", "expect", "verify", "refuse")


@pytest.fixture(scope="module")
def modules(project_files, root):
    """Every Python file with its syntax tree."""
    paths = [path for path in project_files if path.suffix == ".py"]
    return {path.relative_to(root).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@pytest.fixture(scope="module")
def functions(modules):
    """Every function with its place."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{name}:{node.lineno} {node.name}", node)
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def test_no_file_is_longer_than_the_house_allows(project_files, root):
    sizes = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in project_files
        if path.suffix == ".py"
    }

    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_function_is_longer_than_the_house_allows(functions):
    lengths = {place: node.end_lineno - node.lineno + 1 for place, node in functions}

    assert {place: length for place, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_no_function_asks_for_more_than_the_house_allows(functions):
    counts = {
        place: len(node.args.posonlyargs) + len(node.args.args) + len(node.args.kwonlyargs) for place, node in functions
    }

    assert {place: count for place, count in counts.items() if count > MOST_PARAMETERS} == {}


def test_every_test_can_fail(functions):
    tests = [(place, node) for place, node in functions if place.startswith("tests/") and node.name.startswith("test_")]
    idle = [place for place, node in tests if not any(map(_checks, ast.walk(node)))]

    assert len(tests) > 50
    assert idle == []


def _checks(node):
    if isinstance(node, ast.Call):
        return any(word in ast.unparse(node.func).lower() for word in CHECKS)
    return isinstance(node, ast.Assert)
