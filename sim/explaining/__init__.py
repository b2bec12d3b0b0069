"""Why the day was as it was: formulas beside the simulation, causes of a shortfall, measured days played again."""
