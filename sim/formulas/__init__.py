"""Closed forms: oracles for the floor, and first guesses of positions."""
