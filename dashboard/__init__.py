"""The pages: test a promotion day, read a roster. ``python -m dashboard`` serves them on this machine."""

__all__: list[str] = []
