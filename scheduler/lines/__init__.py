"""Lines: rules compiled to a graph, and the best line through it against any prices."""

from scheduler.lines.best import best_line
from scheduler.lines.graph import GraphTooLargeError, LineGraph, compile_graph

__all__ = ["GraphTooLargeError", "LineGraph", "best_line", "compile_graph"]
