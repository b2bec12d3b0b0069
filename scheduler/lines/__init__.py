"""Lines: rules compiled to a graph, the best line through it against any prices, and the team problem they solve."""

from scheduler.lines.best import best_line
from scheduler.lines.budget import SearchBudget
from scheduler.lines.graph import GraphTooLargeError, LineGraph, compile_graph
from scheduler.lines.problem import Cover, Curve, Person, PersonFault, Problem, Score, covered_table, score
from scheduler.lines.search import Found, search

__all__ = [
    "Cover",
    "Curve",
    "Found",
    "GraphTooLargeError",
    "LineGraph",
    "Person",
    "PersonFault",
    "Problem",
    "Score",
    "SearchBudget",
    "best_line",
    "compile_graph",
    "covered_table",
    "score",
    "search",
]
