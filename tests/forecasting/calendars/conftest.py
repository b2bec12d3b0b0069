"""The check that a refusal can be acted on in both languages."""

from contextlib import contextmanager

import pytest

from scenarios import PlanningError
from scenarios.text import LANGUAGES


@pytest.fixture(scope="session")
def refused():
    """Context: the block must raise this key, and its message must be one whole line in both languages."""

    @contextmanager
    def expect(key, place=""):
        with pytest.raises(PlanningError) as caught:
            yield caught
        error = caught.value
        assert error.key == key, error
        assert error.place.startswith(place), error.place
        assert [error.message(language) for language in LANGUAGES if "\n" in error.message(language)] == []

    return expect
