"""Nurse rostering of Curtois and Qu, 50 people and more or six weeks and more."""

from benchmarks.curtois_races import CurtoisPart

PART = CurtoisPart("curtois_large", walls_s=dict.fromkeys((12, 14, 16, 18), 300.0), rivals_s={}, most={12: 0.015})
