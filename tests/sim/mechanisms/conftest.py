"""Make the modules of ``parts`` importable as ``asked_for``: tests are no package."""

import sys
from pathlib import Path
from types import ModuleType

_NAME = "asked_for"

if _NAME not in sys.modules:
    _package = ModuleType(_NAME, __doc__)
    _package.__path__ = [str(Path(__file__).parent / "parts")]
    sys.modules[_NAME] = _package
