"""The simulated floor: drawing, two engines, measures, studies of many replications, explanations and formulas."""

from sim.compiled import CompiledFloor
from sim.drawing.sampling import AbsenceLaw, Sampler, day_levels, draw_absence, draw_trace
from sim.engine import Engine, FloorRun, simulate
from sim.explaining.actuals import Actuals, Measured, actuals_of, as_measured, demand_as_it_was, without_effects
from sim.explaining.erlang_beside import ErlangMisses, ErlangSays, Stream, WhatCame, erlang_says, why_it_differs
from sim.explaining.gaps import DayCheck, Explanation, Parameter
from sim.explaining.reach import (
    OutOfReach,
    attempts_expected,
    best_share_with_idle_agents,
    fastest_tenure,
    out_of_reach,
    reach_of,
)
from sim.explaining.shortfall import Cause, HourShortfall, Situation, shortfall
from sim.explaining.validation import INTERVAL_BAND, TOLERANCE, IntervalsCheck, Validation, validate
from sim.floor.log import logs_of
from sim.floor.played import Played
from sim.floor.roster_staff import staff_from_roster
from sim.floor.staff import Staff, people_by_interval, staff_always_on, staff_at_work, staff_from_positions
from sim.formulas.erlang import ErlangA, erlang_a, erlang_b, erlang_c, least_servers, min_agents_a, min_agents_c
from sim.formulas.flows import attempts_with_follow_ups
from sim.formulas.message_chat import (
    MessageChat,
    MessageLaw,
    SessionKind,
    message_chat,
    message_law,
    min_agents_messages,
    mixed_law,
    people_for_messages,
    sessions_per_agent,
)
from sim.formulas.offered_load import load_at_erlangs, offered_load_erlangs
from sim.formulas.slot_chat import SlotChat, slot_chat, slot_chat_least_loaded
from sim.measures.cells import Per
from sim.measures.estimates import ratio_of_sums, student_quantile
from sim.measures.figures import Figure, Period, Whom, figures
from sim.measures.kpis import DEFINITIONS, KPIS, KpiDefinition
from sim.measures.pay import Pay, pay_of
from sim.measures.protocol import Cases, Measure, Records
from sim.measures.report import HourFigure, hour_figures
from sim.measures.study import Study
from sim.measures.tally import Tallier, Tally, tally
from sim.packs.pack import Pack, load_pack, measure, measure_all, measure_title, pack_names, pack_title
from sim.packs.satisfaction import Satisfaction
from sim.readable.router import Candidate, Router, Waiting
from sim.studies.binomial import binomial_interval, binomial_lower_bound, binomial_upper_bound
from sim.studies.call_days import CallDays, call_days_of
from sim.studies.chat_days import ChatDays, chat_days_of
from sim.studies.comparison import COMPARED, Comparison, Difference, Expense, Side, compare, compare_studies, play_sides
from sim.studies.floor_days import FloorDays
from sim.studies.promises import DayChange, DayPromise, day_changes, day_promises
from sim.studies.replicate import replicate, replicate_digests, replicate_runs
from sim.studies.stopping import Precision, SequentialStudy, replicate_until

__all__ = [
    "COMPARED",
    "DEFINITIONS",
    "INTERVAL_BAND",
    "KPIS",
    "TOLERANCE",
    "AbsenceLaw",
    "Actuals",
    "CallDays",
    "Candidate",
    "Cases",
    "Cause",
    "ChatDays",
    "Comparison",
    "CompiledFloor",
    "DayChange",
    "DayCheck",
    "DayPromise",
    "Difference",
    "Engine",
    "ErlangA",
    "ErlangMisses",
    "ErlangSays",
    "Expense",
    "Explanation",
    "Figure",
    "FloorDays",
    "FloorRun",
    "HourFigure",
    "HourShortfall",
    "IntervalsCheck",
    "KpiDefinition",
    "Measure",
    "Measured",
    "MessageChat",
    "MessageLaw",
    "OutOfReach",
    "Pack",
    "Parameter",
    "Pay",
    "Per",
    "Period",
    "Played",
    "Precision",
    "Records",
    "Router",
    "Sampler",
    "Satisfaction",
    "SequentialStudy",
    "SessionKind",
    "Side",
    "Situation",
    "SlotChat",
    "Staff",
    "Stream",
    "Study",
    "Tallier",
    "Tally",
    "Validation",
    "Waiting",
    "WhatCame",
    "Whom",
    "actuals_of",
    "as_measured",
    "attempts_expected",
    "attempts_with_follow_ups",
    "best_share_with_idle_agents",
    "binomial_interval",
    "binomial_lower_bound",
    "binomial_upper_bound",
    "call_days_of",
    "chat_days_of",
    "compare",
    "compare_studies",
    "day_changes",
    "day_levels",
    "day_promises",
    "demand_as_it_was",
    "draw_absence",
    "draw_trace",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "erlang_says",
    "fastest_tenure",
    "figures",
    "hour_figures",
    "least_servers",
    "load_at_erlangs",
    "load_pack",
    "logs_of",
    "measure",
    "measure_all",
    "measure_title",
    "message_chat",
    "message_law",
    "min_agents_a",
    "min_agents_c",
    "min_agents_messages",
    "mixed_law",
    "offered_load_erlangs",
    "out_of_reach",
    "pack_names",
    "pack_title",
    "pay_of",
    "people_by_interval",
    "people_for_messages",
    "play_sides",
    "ratio_of_sums",
    "reach_of",
    "replicate",
    "replicate_digests",
    "replicate_runs",
    "replicate_until",
    "sessions_per_agent",
    "shortfall",
    "simulate",
    "slot_chat",
    "slot_chat_least_loaded",
    "staff_always_on",
    "staff_at_work",
    "staff_from_positions",
    "staff_from_roster",
    "student_quantile",
    "tally",
    "validate",
    "why_it_differs",
    "without_effects",
]
