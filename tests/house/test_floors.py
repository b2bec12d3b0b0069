"""Rooms stand on floors, are typed, say what they offer, and nobody else bears their names."""

import importlib
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINTER, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")


def test_rooms_import_only_from_floors_below_them(root):
    found = lint_imports(root)

    assert found.returncode == 0, found.stdout + found.stderr


def test_an_import_upwards_breaks_the_contract(root, rooms, tmp_path):
    for room in rooms:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    (tmp_path / "sim" / "__init__.py").write_text("import scheduler\n", encoding="utf-8")

    found = lint_imports(tmp_path)

    assert found.returncode == 1
    assert "sim -> scheduler" in found.stdout


def test_a_folder_of_the_simulation_that_imports_from_above_breaks_the_contract(root, rooms, tmp_path):
    for room in (*rooms, "sim/floor", "sim/studies"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    (tmp_path / "sim" / "floor" / "clock.py").write_text("import sim.studies\n", encoding="utf-8")

    found = lint_imports(tmp_path)

    assert found.returncode == 1
    assert "sim.floor.clock -> sim.studies" in found.stdout


@pytest.mark.parametrize("streamer", ["scheduler", "sim", "scenarios", "forecasting"])
def test_streamlit_outside_the_dashboard_breaks_the_contract(root, rooms, tmp_path, streamer):
    for room in rooms:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    (tmp_path / streamer / "__init__.py").write_text("import streamlit\n", encoding="utf-8")

    found = lint_imports(tmp_path)

    assert found.returncode == 1
    assert f"{streamer} -> streamlit" in found.stdout


def test_every_room_is_typed_and_names_what_it_offers(root, rooms):
    for room in rooms:
        module = importlib.import_module(room)

        assert (root / room / "py.typed").is_file(), room
        assert module.__doc__, room
        assert sorted(module.__all__) == sorted(set(module.__all__)), room
        assert all(hasattr(module, name) for name in module.__all__), room


def test_rooms_are_the_ones_of_this_checkout_and_no_other_distribution_claims_them(root, rooms):
    claims = packages_distributions()
    for room in rooms:
        module = importlib.import_module(room)

        assert Path(module.__file__).parent == root / room
        assert set(claims.get(room, [])) <= {"springtide"}, room
    assert distribution("springtide").metadata["Name"] == "springtide"


def test_no_other_folder_can_be_imported(root, rooms, project_files):
    packages = {path.relative_to(root).parts[0] for path in project_files if path.name == "__init__.py"}

    assert packages == set(rooms)


def test_tests_hold_no_package_and_mirror_the_rooms(root, rooms, project_files):
    tests = [path.relative_to(root / "tests") for path in project_files if path.is_relative_to(root / "tests")]

    assert not [path for path in tests if path.name == "__init__.py"]
    assert {path.parts[0] for path in tests if len(path.parts) > 1} <= {*rooms, "house"}


def test_no_file_of_the_dashboard_bears_the_name_of_a_room(root, rooms):
    """Streamlit puts the folder of its script first on the path; a namesake there would hide the room."""
    names = {path.stem for path in (root / "dashboard").iterdir()}

    assert not names & set(rooms)


def test_the_wheel_holds_the_five_rooms_with_their_data_and_nothing_else(root, rooms, tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {name.partition("/")[0] for name in names} == {*rooms, f"springtide-{version}.dist-info"}
    expected = {
        path for room in rooms for path in (root / room).rglob("*") if path.suffix in {".py", ".toml", ".typed"}
    }
    assert {path.relative_to(root).as_posix() for path in expected} <= set(names)
