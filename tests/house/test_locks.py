"""The locks hold what pyproject.toml asks for, with hashes and without hosts; a fault in them is found."""

import shutil
import tomllib
from importlib.metadata import version

import pytest


@pytest.fixture
def copy(root, tmp_path):
    """A copy of what the check reads, to be spoilt."""
    (tmp_path / "requirements").mkdir()
    shutil.copy(root / "pyproject.toml", tmp_path)
    for path in (root / "requirements").glob("*.lock"):
        shutil.copy(path, tmp_path / "requirements")
    return tmp_path


def spoil(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_locks_hold_what_the_project_asks_for(remake):
    assert remake.faults() == []


def test_a_lock_that_names_a_host_is_found(remake, copy):
    spoil(copy / "requirements" / "core.lock", "absl-py", "--index-url https://packages.example/simple\nabsl-py")

    assert any("names a host" in fault for fault in remake.faults(copy))


def test_a_direct_reference_to_an_archive_is_found(remake, copy):
    spoil(copy / "requirements" / "core.lock", "absl-py==", "absl-py @ file:///somewhere/absl_py.whl\nabsl-py==")

    assert any("names a host" in fault for fault in remake.faults(copy))


def test_a_pin_without_a_hash_is_found(remake, copy):
    spoil(copy / "requirements" / "dev.lock", "absl-py", "aardvark==1.0\nabsl-py")

    assert "dev.lock: aardvark==1.0 has no hash" in remake.faults(copy)


def test_a_version_outside_the_asked_range_is_found(remake, copy):
    spoil(copy / "requirements" / "core.lock", "simpy==4.", "simpy==3.")

    faults = remake.faults(copy)
    assert any("does not satisfy simpy" in fault for fault in faults)
    assert any("is not what dev.lock holds" in fault for fault in faults)


def test_a_requirement_added_after_the_locks_were_made_is_found(remake, copy):
    spoil(copy / "pyproject.toml", '"simpy>=4.1,<5",', '"simpy>=4.1,<5", "aardvark>=1",')

    faults = remake.faults(copy)
    assert any("core.lock: was made from other requirements" in fault for fault in faults)
    assert any("aardvark is missing" in fault for fault in faults)


def test_a_requirement_dropped_after_the_locks_were_made_is_found(remake, copy):
    spoil(copy / "pyproject.toml", '"simpy>=4.1,<5",', "")

    assert any("core.lock: was made from other requirements" in fault for fault in remake.faults(copy))


def test_a_missing_lock_is_found(remake, copy):
    (copy / "requirements" / "dashboard.lock").unlink()

    assert remake.faults(copy) == ["dashboard.lock: missing; run `make lock`"]


def test_a_line_of_another_kind_is_found(remake, copy):
    spoil(copy / "requirements" / "core.lock", "absl-py", "-e .\nabsl-py")

    assert any("neither a pin nor a hash" in fault for fault in remake.faults(copy))


def test_the_version_of_the_installed_project_is_the_one_in_pyproject(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert version("springtide") == project["version"]
