"""Work by grade of tenure, from a table file."""

from pathlib import Path

import pandas as pd

from scheduler.exchange.tables import read_table


def read_tenure(path: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """Return the table at ``path`` as text, for ``forecasting.tenure_factors`` to check: that names rows from 1."""
    table = read_table(path, encoding=encoding)
    return pd.DataFrame(table.rows, columns=list(table.columns), dtype=object)
