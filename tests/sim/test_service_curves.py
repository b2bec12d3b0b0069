"""Service against servers is Erlang A, server by server."""

import numpy as np
import pytest

from sim import erlang_a
from sim.formulas.service_curves import erlang_a_curve


@pytest.mark.parametrize("load", [0.3, 3.0, 16.0, 130.0, 900.0])
@pytest.mark.parametrize("patience_s", [20.0, 150.0, np.inf])
def test_every_point_is_erlang_a(load: float, patience_s: float):
    servers = np.unique(np.linspace(1, 2 * load + 10, 15).astype(np.int64))
    in_time, lost = erlang_a_curve(servers, load, 240.0, patience_s, 30.0)
    known = [erlang_a(int(number), load, 240.0, patience_s, 30.0) for number in servers]
    assert in_time == pytest.approx([row.share_in_time for row in known], abs=1e-6)
    assert lost == pytest.approx([row.p_abandon for row in known], abs=1e-6)


def test_nobody_calls_and_nobody_waits():
    in_time, lost = erlang_a_curve(np.array([1, 5]), 0.0, 240.0, 150.0, 30.0)
    assert in_time.tolist() == [1.0, 1.0]
    assert lost.tolist() == [0.0, 0.0]
