"""The dashboard room."""

__all__: list[str] = []
