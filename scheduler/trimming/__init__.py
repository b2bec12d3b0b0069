"""A named roster trimmed by simulation: what nobody needs goes home, what a date lacks is called in."""

from scheduler.trimming.trim import Trimmed, TrimSettings, trim

__all__ = ["TrimSettings", "Trimmed", "trim"]
