"""Where what two engines leave behind differs."""

from dataclasses import fields

import numpy as np


def differences(one, other):
    """Return the rows in which columns differ, by column; empty when every number is the same."""
    columns = {field.name: (getattr(one, field.name), getattr(other, field.name)) for field in fields(one)}
    return {name: np.flatnonzero(left != right).tolist() for name, (left, right) in columns.items()
            if left.shape != right.shape or (left != right).any()}  # fmt: skip
