"""Orders and what they bring: enquiries before, and the wave of contacts after, each with its own delay."""
