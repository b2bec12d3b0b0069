"""Where the house stands, and its scripts as modules."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def rooms() -> tuple[str, ...]:
    """The importable packages, the lowest floor first."""
    return ("scenarios", "forecasting", "sim", "scheduler", "dashboard")


@pytest.fixture(scope="session")
def project_files(root: Path) -> list[Path]:
    """Every file that is, or would be, committed."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def _script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def remake() -> ModuleType:
    """The script that makes and checks the locks."""
    return _script(ROOT / "requirements" / "remake.py")


@pytest.fixture(scope="session")
def browser() -> ModuleType:
    """The script that sees to Chromium and the Chinese font."""
    return _script(ROOT / "requirements" / "browser.py")


@pytest.fixture(scope="session")
def bench() -> ModuleType:
    """The benchmark runner."""
    return _script(ROOT / "benchmarks" / "run.py")
