"""The forecasting room."""

__all__: list[str] = []
