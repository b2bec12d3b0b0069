import pickle
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scenarios import (
    Agent,
    Channel,
    ContactType,
    DemandUncertainty,
    Effect,
    Group,
    Law,
    LawKind,
    Lever,
    PromoEvent,
    PromoPhase,
    Quantity,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
    Shock,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 11, 9, 10, tzinfo=SHANGHAI)


def test_everything_is_found_by_its_name(make_scenario, refused):
    scenario = make_scenario()

    assert (scenario.type_index("mail"), scenario.group_index("desk")) == (2, 0)
    wang = scenario.agent("Wang")
    assert scenario.contract_of(wang).name == "full"
    assert scenario.template("long").paid_min == 540
    assert scenario.target_of("call") is scenario.targets[0]
    assert scenario.target_of("mail") is None
    assert (scenario.is_live("chat"), scenario.is_live("mail")) == (True, False)
    for lookup in (scenario.agent, scenario.template, scenario.type_index, scenario.group_index):
        with refused("unknown_name"):
            lookup("nobody")


def test_effects_on_one_quantity_multiply_where_their_spans_meet(make_scenario):
    notices = Lever("notices", (Effect(Quantity.VOLUME, 0.5, ("call",)),))
    wave = Shock("wave", (Effect(Quantity.VOLUME, 3.0, (), TEN, TEN + timedelta(hours=1)), Effect(Quantity.WORK, 2.0)))
    scenario = make_scenario(levers=(notices,), shocks=(wave,))

    volume = scenario.factor(Quantity.VOLUME)
    hit = slice(20, 22)
    assert volume[hit].tolist() == [[1.5, 3.0, 3.0]] * 2
    assert (volume[:20] == [0.5, 1.0, 1.0]).all()
    assert (volume[22:] == [0.5, 1.0, 1.0]).all()
    assert (scenario.factor(Quantity.WORK) == 2.0).all()
    assert not volume.flags.writeable


def test_absence_rises_for_everybody_whatever_types_its_effect_names(make_scenario):
    flu = Shock("flu", (Effect(Quantity.ABSENCE, 30.0, ("mail",), TEN),))
    scenario = make_scenario(absence_share=0.04, shocks=(flu,))

    assert scenario.absence_at(0) == pytest.approx(0.04)
    assert scenario.absence_at(scenario.horizon.us_of(TEN)) == 1.0
    assert scenario.absence_at(10**15) == 1.0
    assert scenario.absence_at(-1) == pytest.approx(0.04)


def test_a_fingerprint_changes_with_what_is_said_and_with_nothing_else(make_scenario):
    scenario = make_scenario()
    again = pickle.loads(pickle.dumps(scenario))  # noqa: S301 - made in the line itself

    assert scenario.fingerprint() == make_scenario().fingerprint() == again.fingerprint()
    assert again == scenario
    assert again.agent("Wang") == scenario.agent("Wang")
    assert replace(scenario, absence_share=0.01).fingerprint() != scenario.fingerprint()
    assert make_scenario(seed=2).fingerprint() != scenario.fingerprint()


CALL = ContactType("call", Channel.VOICE, Law(LawKind.CONSTANT, 60.0))


def event(begins, hours):
    return PromoEvent("sale", (PromoPhase("day", begins, begins + timedelta(hours=hours), 2.0),))


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("share_out_of_range", {"absence_share": 1.2}),
        ("empty", {"contact_types": ()}),
        ("empty", {"groups": (), "contact_types": (CALL,)}),
        ("repeated_name", {"agents": (Agent("Chen", "full", ()),) * 2}),
        ("repeated_name", {"routes": (Route("call", (RouteStep("desk"),)),) * 2}),
        ("unknown_name", {"agents": (Agent("Chen", "freelance", ()),)}),
        ("unknown_name", {"agents": (Agent("Chen", "full", ("sing",)),)}),
        ("unknown_name", {"routes": (Route("call", (RouteStep("desk"),)),)}),
        ("unknown_name", {"routes": (Route("fax", (RouteStep("desk"),)),)}),
        ("unknown_name", {"groups": (Group("desk", (), (Serve("fax"),)),)}),
        ("group_does_not_serve", {"groups": (Group("desk", ("talk",), (Serve("chat"), Serve("mail"))),)}),
        ("unknown_name", {"targets": (ServiceTarget("t", ("fax",)),)}),
        ("repeated_name", {"targets": (ServiceTarget("t", ("call",)), ServiceTarget("u", ("call",)))}),
        ("unknown_name", {"profiles": ()}),
        ("unknown_name", {"shift_templates": ()}),
        ("unknown_name", {"shocks": (Shock("s", (Effect(Quantity.WORK, 2.0, ("fax",)),)),)}),
        ("promo_outside", {"promo": (event(TEN - timedelta(days=1), 2),)}),
        ("promo_outside", {"promo": (event(TEN, 24 * 9),)}),
        ("wrong_shape", {"uncertainty": DemandUncertainty((0.1, 0.1))}),
    ],
)
def test_a_scenario_that_contradicts_itself_is_refused(make_scenario, refused, key, changes):
    with refused(key):
        make_scenario(**changes)


def test_lookups_stay_quick_with_a_thousand_people(make_scenario):
    crowd = tuple(Agent(f"a{number}", "full", ("talk",)) for number in range(1000))
    scenario = make_scenario(agents=crowd)

    assert [scenario.agent(agent.name) is agent for agent in crowd] == [True] * 1000
    assert isinstance(scenario, Scenario)
    assert np.shares_memory(scenario.factor(Quantity.WORK), scenario.factor(Quantity.WORK))
