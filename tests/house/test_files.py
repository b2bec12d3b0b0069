"""What stands in the repository works on any machine and says nothing about the one it was written on."""

import re
import stat
import sys
import tomllib

import pytest

TEXT = {
    ".py",
    ".toml",
    ".md",
    ".sh",
    ".cfg",
    ".csv",
    ".json",
    ".lock",
    ".ini",
    ".txt",
    ".j2",
    ".html",
    ".css",
    ".mako",
    "",
}
MACHINE_PATH = re.compile(r"(?<![\w.\-/])/(?:home|root|work|tmp|Users|opt)/\w")
HOSTS = re.compile(
    "|".join(map(re.escape, ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org")))
)
UNFINISHED = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
LARGEST_BYTES = 1_000_000
"""Larger files belong into a release or are made by a script."""


@pytest.fixture(scope="module")
def lines(project_files, root):
    """Each line of every text file with its place."""
    found = []
    for path in project_files:
        if path.suffix in TEXT:
            text = path.read_text(encoding="utf-8")
            place = path.relative_to(root).as_posix()
            found += [(f"{place}:{number}", line) for number, line in enumerate(text.splitlines(), 1)]
    assert len(found) > 1000
    return found


def test_no_file_names_a_folder_of_somebodys_machine(lines):
    assert [place for place, line in lines if MACHINE_PATH.search(line)] == []


def test_no_file_names_the_host_of_a_package_registry(lines):
    assert [place for place, line in lines if HOSTS.search(line)] == []


def test_nothing_is_marked_as_unfinished(lines):
    assert [place for place, line in lines if UNFINISHED.search(line)] == []


def test_every_suppression_gives_its_reason_on_the_line(lines):
    bare = re.compile(r"#\s*(?:type:\s*ignore(?:\[[\w\-, ]+\])?|noqa(?::\s*[A-Z0-9, ]+)?|pragma: no cover)\s*$")

    assert [place for place, line in lines if ".py:" in place and bare.search(line)] == []


def test_no_file_is_larger_than_a_repository_should_hold(project_files, root):
    assert [path.relative_to(root) for path in project_files if path.stat().st_size > LARGEST_BYTES] == []


def test_ci_runs_the_readmes_test_command(root):
    script = (root / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]

    assert commands[-1] == "exec make test"
    for name in ("README.md", "README.zh.md"):
        assert re.search(r"^make test\b", (root / name).read_text(encoding="utf-8"), re.MULTILINE), name
    if sys.platform != "win32":
        assert (root / ".ci" / "run").stat().st_mode & stat.S_IXUSR


def test_files_for_people_exist_in_the_root(root):
    for name in ("README.md", "README.zh.md", "LICENSE", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        assert (root / name).stat().st_size > 500, name


def test_the_changelog_tells_of_the_version_in_pyproject(root):
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert f"## [{version}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
