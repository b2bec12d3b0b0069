"""How many people are needed where: closed form first, corrected by simulation."""

from scheduler.staffing.correct import PURPOSE, Training, correct_requirement, critical_of, train
from scheduler.staffing.guess import UNPROMISED_WITHIN_S, first_guess, human_rates_per_s, present_shares, with_absence
from scheduler.staffing.steering import SLACK_SHARE, Steering, critical_shares, home_groups

__all__ = [
    "PURPOSE",
    "SLACK_SHARE",
    "UNPROMISED_WITHIN_S",
    "Steering",
    "Training",
    "correct_requirement",
    "critical_of",
    "critical_shares",
    "first_guess",
    "home_groups",
    "human_rates_per_s",
    "present_shares",
    "train",
    "with_absence",
]
