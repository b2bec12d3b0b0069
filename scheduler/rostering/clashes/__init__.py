"""Why no roster can be, piece by piece, and the cheapest ways out."""
