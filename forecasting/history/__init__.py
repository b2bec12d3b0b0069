"""History tables as grids of days and intervals, and what is wrong with them."""
