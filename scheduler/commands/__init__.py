"""The commands behind ``springtide``, one file each."""
