"""Days without promotions: level, weekday, shape of the day, and what recent days carry on."""
