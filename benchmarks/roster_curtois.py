"""Nurse rostering of Curtois and Qu, up to 40 people: gap to the best known roster, bound, and one rival programme."""

from benchmarks.curtois_races import CurtoisPart

PART = CurtoisPart(
    "curtois",
    walls_s=dict.fromkeys((1, 2, 3, 4, 5, 6, 10), 60.0) | {8: 300.0},
    rivals_s={2: 20.0, 5: 30.0, 8: 60.0},
    most={1: 0.01, 2: 0.01, 3: 0.01, 4: 0.01, 5: 0.02, 6: 0.01, 8: 0.1, 10: 0.01},
)
