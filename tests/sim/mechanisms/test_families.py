"""Each mechanism that service reports name, switched on in a small shop, moves what the page says is told of it."""

import pytest
from asked_for.families import FAMILIES
from asked_for.shop import Shop


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_a_mechanism_that_is_switched_on_moves_what_is_told_of_it(family):
    """Same seed, same contacts: whatever moves is moved by the mechanism."""
    with_it, without = family.on(Shop()), family.off(Shop())

    moved = {name: with_it.told(name, family.scope) - without.told(name, family.scope) for name in family.moves}
    assert {name: change for name, change in moved.items() if not change * family.moves[name] > 0} == {}
