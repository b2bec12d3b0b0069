"""Any value anywhere in a scenario file is read, or refused as ours."""

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import LIBRARY, load_scenario, scenario_from, values_at
from scenarios.merge import read_merged

LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.text(max_size=5),
    st.dates(),
    st.datetimes(),
    st.sampled_from((datetime.min, datetime.max, date.min, date.max, datetime.max.replace(tzinfo=UTC))),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.lists(st.dictionaries(st.sampled_from(("name", "count", "x")), st.text(max_size=2)), min_size=1, max_size=2),
)


def leaves(value, path=()):
    """Paths of every value inside a table, tables and lists included."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from leaves(part, (*path, key))


def with_value(table, path, value):
    """Return a copy of the nested ``table`` with another value at ``path``."""
    if not path:
        return value
    copy = list(table) if isinstance(table, list) else dict(table)
    copy[path[0]] = with_value(table[path[0]], path[1:], value)
    return copy


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_stands_in_a_file_is_read_or_refused_as_ours(attempt, data):
    table = read_merged(LIBRARY / "double11_x10.toml")
    path = data.draw(st.sampled_from(sorted(leaves(table), key=str)))
    table = with_value(table, path, data.draw(LEAF))
    scenario, error = attempt(lambda: scenario_from(table, place="file.toml"))
    if error:
        assert error.place.startswith("file.toml")
        assert error.message("en")
        assert error.message("zh")
        return
    assert len(scenario.fingerprint()) == 64


@given(path=st.text(alphabet="abcdefghijklmnopqrstuvwxyz_.[]*?0", max_size=30))
def test_a_path_leads_to_values_or_nowhere_but_never_fails(path):
    scenario = load_scenario("shop")
    values = values_at(scenario, path)

    assert isinstance(values, tuple)
    assert None not in values


def test_paths_choose_rows_by_name_pattern_or_number():
    scenario = load_scenario("shop")

    assert len(values_at(scenario, "contact_types[phone_*].patience_s.mean_s")) == 4
    assert values_at(scenario, "contact_types[mail].due_within_s") == (172800.0,)
    assert values_at(scenario, "contact_types[0].name") == ("phone_orders",)
    assert values_at(scenario, "routes[mail].steps[1].from_wait_s") == (3600.0,)
    assert values_at(scenario, "agents[*].nickname") == ()
    assert values_at(scenario, "contact_types[phone_*") == ()
