"""Rosters from elsewhere: what breaks first, the cheapest repairs, swaps, who fits, why a shift."""
