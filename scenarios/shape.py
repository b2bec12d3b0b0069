"""What makes a type readable from a file."""

from typing import ClassVar

from pydantic import ConfigDict


class FileShape:
    """Base of the types that stand in scenario files: an unknown key is an error, never ignored."""

    __slots__ = ()
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
