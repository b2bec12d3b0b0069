"""The closed loop: counts of shifts with breaks, planned at least cost, trained and proven by simulation."""
