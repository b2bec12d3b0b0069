"""Make the modules of ``parts`` importable as ``twin_floors``, and the random floors beside the slow reference."""

import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
# Tests have no importable folders; the reference lends its modules the same name in its own folder.
for _name, _folder in (("slow_reference", HERE.parent / "reference"), ("twin_floors", HERE / "parts")):
    if _name not in sys.modules:
        _package = ModuleType(_name, __doc__)
        _package.__path__ = [str(_folder)]
        sys.modules[_name] = _package
