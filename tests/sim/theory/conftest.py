"""Make the modules of ``oracles`` importable as ``oracles_of_the_floor``: tests are no package."""

import sys
from pathlib import Path
from types import ModuleType

_NAME = "oracles_of_the_floor"

if _NAME not in sys.modules:
    _package = ModuleType(_NAME, __doc__)
    _package.__path__ = [str(Path(__file__).parent / "oracles")]
    sys.modules[_NAME] = _package
