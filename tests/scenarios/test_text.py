import pickle

import pytest

from scenarios import PlanningError, UsageError
from scenarios.text import LANGUAGE_VARIABLE, Term, current_language, text, use_language


@pytest.fixture
def no_language(monkeypatch):
    for name in (LANGUAGE_VARIABLE, "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_environment_chooses_the_language_and_english_is_the_last_resort(no_language):
    assert current_language() == "en"
    no_language.setenv("LANG", "zh_CN.UTF-8")
    assert current_language() == "zh"
    no_language.setenv(LANGUAGE_VARIABLE, "en")
    assert current_language() == "en"


def test_a_chosen_language_wins_over_the_environment(no_language):
    import contextvars

    def chosen():
        use_language("zh")
        return current_language()

    assert contextvars.copy_context().run(chosen) == "zh"
    assert current_language() == "en"


def test_another_language_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="language"):
        use_language("fr")


def test_a_key_without_a_message_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        text("errors.no_such_key")


def test_an_error_is_told_in_the_language_of_the_reader():
    error = PlanningError("wrong_type", place="shop.toml", value="x", expected=Term("terms.number"))

    assert error.message("en") == "shop.toml: value is x; expected a number; correct the value."
    assert error.message("zh") == "shop.toml: 取值为 x；应为 数字；请更正。"


def test_an_error_keeps_kind_place_and_facts_across_processes():
    error = UsageError("not_a_clock", place="--from", thing="clock", field="time", value="8").at("springtide")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in the line itself

    assert type(again) is UsageError
    assert (again.key, again.place, again.facts) == (error.key, "springtide: --from", error.facts)
    assert str(again) == str(error)
