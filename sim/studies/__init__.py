"""Many replications: played in parallel, stopped in time, compared, judged."""
