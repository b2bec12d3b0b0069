"""Days without promotions: several small models, weighted by lead as they did on the series' own past."""
