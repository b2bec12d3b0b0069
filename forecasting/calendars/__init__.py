"""Calendars: days off, make-up workdays, eves and lunar festivals of a country, and the promotions of the year."""
