"""Two published examples, SimpleMSK and CallCC of the ContactCenters / SSJ libraries (L'Ecuyer), played here."""

import pytest
from oracles_of_the_floor.published import CC_STATED, MSK_IN_20_S, MSK_STATED, call_cc, simple_msk

pytestmark = pytest.mark.statistical


@pytest.mark.slow
@pytest.mark.parametrize("figure", MSK_STATED)
def test_simple_msk_does_what_was_published(figure):
    """Served, abandoned, in time and busy lie inside the intervals its authors state."""
    stated = simple_msk()[figure]

    assert stated.low <= stated.found <= stated.high


def test_simple_msk_serves_the_published_number_soon_in_every_period():
    soon = {name: stated for name, stated in simple_msk().items() if name.startswith("soon served")}

    assert len(soon) == sum(map(len, MSK_IN_20_S))
    assert {name: stated for name, stated in soon.items() if not stated.inside} == {}


@pytest.mark.parametrize("figure", CC_STATED)
def test_call_cc_waits_and_loses_as_published(figure):
    stated = call_cc()[figure]

    assert stated.low <= stated.found <= stated.high
