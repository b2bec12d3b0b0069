"""Lends the tests of lines their small teams, under one name."""

import sys
from pathlib import Path
from types import ModuleType

_NAME = "small_lines"
if _NAME not in sys.modules:
    _package = ModuleType(_NAME)
    _package.__path__ = [str(Path(__file__).parent / "parts")]
    sys.modules[_NAME] = _package
