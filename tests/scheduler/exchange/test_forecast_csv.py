from dataclasses import replace

import numpy as np
import pytest

from forecasting import bands_of
from scenarios import PlanningError
from scheduler.exchange import read_forecast, write_forecast


@pytest.fixture
def written(tmp_path, shop_forecast):
    file = tmp_path / "forecast.csv"
    write_forecast(shop_forecast, file)
    return file


def spoil(file, change):
    lines = file.read_text(encoding="utf-8").splitlines()
    change(lines)
    file.write_text("\n".join(lines), encoding="utf-8")


def test_a_forecast_written_reads_back_to_the_last_digit(written, shop, shop_forecast):
    assert read_forecast(written, shop).fingerprint() == shop_forecast.fingerprint()


def test_bands_stand_beside_the_numbers_and_are_left_aside_on_reading(tmp_path, shop, shop_forecast):
    file = tmp_path / "banded.csv"
    bands = bands_of(shop_forecast, seed=1)
    write_forecast(shop_forecast, file, bands)

    assert read_forecast(file, shop).fingerprint() == shop_forecast.fingerprint()
    header, *rows = file.read_text(encoding="utf-8-sig").splitlines()
    assert header.endswith("p10,p50,p90")
    last = rows[2 * 49].split(",")  # phone in the half hour from 00:30 on
    assert [float(cell) for cell in last[-3:]] == bands.interval[:, 49, 0].tolist()


def test_the_order_of_rows_does_not_matter(written, shop, shop_forecast):
    spoil(written, lambda lines: lines.__setitem__(slice(1, None), lines[:0:-1]))

    assert read_forecast(written, shop).fingerprint() == shop_forecast.fingerprint()


def test_rows_of_other_intervals_are_told(written, shop):
    spoil(written, lambda lines: lines.pop())

    with pytest.raises(PlanningError, match="scenario corner_shop"):
        read_forecast(written, shop)


def test_a_row_that_is_none_is_told_with_its_number(written, shop):
    spoil(written, lambda lines: lines.__setitem__(3, lines[3].replace("phone,0", "phone,many")))

    with pytest.raises(PlanningError, match=r"forecast\.csv:4: .*many"):
        read_forecast(written, shop)


def test_a_missing_column_is_told(written, shop):
    spoil(written, lambda lines: lines.__setitem__(0, lines[0].replace("day_cv", "spread")))

    with pytest.raises(PlanningError, match="lacks the column day_cv"):
        read_forecast(written, shop)


def test_rounds_are_a_column_of_forecasts_that_know_them(tmp_path, shop, shop_forecast, written):
    rounds = np.full(shop_forecast.expected.shape, np.nan)
    rounds[:, 0] = np.random.default_rng(1).uniform(1, 9, len(rounds))
    forecast, file = replace(shop_forecast, rounds=rounds), tmp_path / "rounds.csv"
    write_forecast(forecast, file)

    assert read_forecast(file, shop).fingerprint() == forecast.fingerprint() != shop_forecast.fingerprint()
    assert "rounds" not in written.read_text(encoding="utf-8")
    spoil(file, lambda lines: lines.__setitem__(1, lines[1] + "x"))
    with pytest.raises(PlanningError, match=r"rounds\.csv:2: "):
        read_forecast(file, shop)
