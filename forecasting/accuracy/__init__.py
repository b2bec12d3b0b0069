"""How good forecasts were: rolling origins against rivals."""
