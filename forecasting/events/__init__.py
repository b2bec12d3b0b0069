"""Promotions: stretches of time, what past ones did, and what planned ones will."""
