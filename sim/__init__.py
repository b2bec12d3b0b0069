"""The sim room."""

__all__: list[str] = []
