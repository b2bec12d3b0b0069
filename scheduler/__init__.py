"""The scheduler room."""

__all__: list[str] = []
