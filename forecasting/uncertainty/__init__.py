"""How far reality strays from a forecast, and futures drawn from it."""
