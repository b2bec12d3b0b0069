"""The simulated floor: sampling, the SimPy model, measures, studies of many replications, and closed forms."""

from sim.erlang import ErlangA, erlang_a, erlang_b, erlang_c, least_servers, min_agents_a, min_agents_c
from sim.estimates import ratio_of_sums
from sim.kpis import DEFINITIONS, KPIS, KpiDefinition, Tally, tally
from sim.model import FloorRun, simulate
from sim.offered_load import load_at_erlangs, offered_load_erlangs
from sim.replicate import replicate
from sim.sampling import day_levels, draw_absence, draw_trace
from sim.slot_chat import SlotChat, slot_chat, slot_chat_least_loaded
from sim.staff import Staff, staff_always_on, staff_from_positions, staff_from_roster
from sim.study import Study

__all__ = [
    "DEFINITIONS",
    "KPIS",
    "ErlangA",
    "FloorRun",
    "KpiDefinition",
    "SlotChat",
    "Staff",
    "Study",
    "Tally",
    "day_levels",
    "draw_absence",
    "draw_trace",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "least_servers",
    "load_at_erlangs",
    "min_agents_a",
    "min_agents_c",
    "offered_load_erlangs",
    "ratio_of_sums",
    "replicate",
    "simulate",
    "slot_chat",
    "slot_chat_least_loaded",
    "staff_always_on",
    "staff_from_positions",
    "staff_from_roster",
    "tally",
]
