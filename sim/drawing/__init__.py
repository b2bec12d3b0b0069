"""Drawing contacts: arrivals, and the forest of attempts that may follow each."""
