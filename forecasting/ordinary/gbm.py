"""The extra ``gbm``: LightGBM, asked for by name and loaded when it is."""

from types import ModuleType

from scenarios import PlanningError


def lightgbm() -> ModuleType:
    """Return the package; a ``PlanningError`` that names the extra where it is missing or cannot be loaded."""
    try:
        import lightgbm as package
    except (ImportError, OSError) as error:  # OSError: the package is there, OpenMP is not
        raise PlanningError("no_lightgbm", value=True) from error
    return package
