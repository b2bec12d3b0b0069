"""References one of whose rules was changed: what the random floors must notice."""

import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
MODULES = ("rules", "choosing", "people", "floor")


def play_changed(module, says, instead):
    """Return how a reference plays in whose ``module`` the words ``says``, which stand there once, are ``instead``."""
    made = {}
    for name in MODULES:
        source = (HERE / f"{name}.py").read_text(encoding="utf-8")
        if name == module:
            if source.count(says) != 1:
                raise ValueError(f"{module}.py says {says!r} {source.count(says)} times")
            source = source.replace(says, instead)
        made[name] = ModuleType(f"changed_reference.{name}")
        sys.modules[f"changed_reference.{name}"] = made[name]
        code = compile(source.replace("slow_reference", "changed_reference"), f"changed {name}", "exec")
        exec(code, made[name].__dict__)  # noqa: S102 - the source is a file of this folder
    return made["floor"].play
