"""What every engine shares: the clock, opening hours, people, routing, and what a run leaves behind."""
