"""What changes of a roster do to the service of its dates, on the same simulated days."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Roster, ShiftTemplate
from scheduler.judging.effects import Floor, effects
from scheduler.rostering.shifts import breaks_at

from .conftest import HOUR_US, TUESDAY, shift


@pytest.mark.parametrize("paid_share", [0.0, 0.25, 1.0])
def test_people_on_call_change_nothing_of_a_day(corner, demand, paid_share):
    template = ShiftTemplate("call", 480, 600, 600, on_call=True, paid_share=paid_share)
    contracts = [replace(each, shift_templates=(*each.shift_templates, "call")) for each in corner.contracts]
    scenario = replace(corner, shift_templates=(*corner.shift_templates, template), contracts=tuple(contracts))
    working = shift("张伟", 10, hours=8)
    after = [rule.earliest_after_start_min for rule in template.breaks]
    waiting = replace(
        shift("王芳", 10, hours=8), template="call", breaks=breaks_at(template, working.start_us, np.array(after))
    )
    rosters = Roster((working,)), Roster((working, waiting))
    ((effect,),) = effects(Floor(scenario, demand, days=5), rosters, [TUESDAY])
    assert effect.before == effect.after
    assert waiting.paid_us == 8 * HOUR_US * paid_share
