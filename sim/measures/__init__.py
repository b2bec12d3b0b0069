"""From what a run leaves behind to measures: counts, named definitions, estimates, reports."""
