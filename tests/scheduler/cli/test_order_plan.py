"""``springtide forecast --plan``: what an order plan means, beside the hand formula."""

import csv

import pytest

from scheduler.exits import Exit

PROMO = """
[[promo]]
name = "sale"
phases = [{ name = "opening", start = 2026-11-11T12:00:00, end = 2026-11-11T14:00:00, burst_half_life_min = 60 }]
"""
PLAN = """
schema = 1
name = "sale"
basket_yuan = 100
through_service_share = 0.2
conversion_share = 0.4
title = { en = "The sale", zh = "大促" }
enquiries = { phone = 1.0 }
[[phases]]
event = "sale"
name = "opening"
gmv_yuan = 500_000
"""


@pytest.fixture
def sale(kiosk):
    """The kiosk with a sale, a type that follows orders, a history with orders, and a plan; returns its options."""
    scenario = (kiosk / "kiosk.toml").read_text(encoding="utf-8")
    followed = scenario.replace("contacts_per_day = 60", 'contacts_per_day = 60\nafter_sales = "returns"')
    (kiosk / "sale.toml").write_text(followed + PROMO, encoding="utf-8")
    (kiosk / "plan.toml").write_text(PLAN, encoding="utf-8")
    header, *rows = (kiosk / "history.csv").read_text(encoding="utf-8").splitlines()
    orders = [f"{row},{20 * float(row.split(',')[2]):.0f}" for row in rows]
    (kiosk / "orders.csv").write_text("\n".join([f"{header},orders", *orders]), encoding="utf-8")
    return ("--zone", "Asia/Shanghai", "--backtest-weeks", 0, "--out", kiosk / "d.csv", "--plan", kiosk / "plan.toml")


def cells(line):
    return [cell for cell in line.replace("–", "").split("  ") if cell.strip()]


def test_the_plan_is_printed_by_phase_and_by_week_beside_the_hand_formula(call, kiosk, sale):
    status, out, err = call("forecast", kiosk / "sale.toml", "--history", kiosk / "orders.csv", *sale)

    assert (status, [line for line in err.splitlines() if "springtide" in line]) == (Exit.DONE, [])
    (phase,) = [line for line in out.splitlines() if "sale / opening" in line]
    assert [cell.strip() for cell in cells(phase)][:3] == ["sale / opening", "2026-11-11 12:00", "5,000"]
    assert "2,500" in phase
    _, weeks = out.split("weeks from 2026-11-11 on")
    week = next(line for line in weeks.splitlines() if line.strip().startswith("phone "))
    assert "measured" in week
    assert "It leaves out" in out
    assert "No contact type follows orders" not in out


def test_the_plan_says_how_much_comes_in_the_forecast_file(call, kiosk, sale):
    """The burst is in the phase's first hour: a type that does not follow orders is lifted by the plan's uplift."""
    scenario = (kiosk / "sale.toml").read_text(encoding="utf-8").replace('after_sales = "returns"\n', "")
    (kiosk / "lifted.toml").write_text(scenario, encoding="utf-8")

    call("forecast", kiosk / "lifted.toml", "--history", kiosk / "orders.csv", *sale)

    with (kiosk / "d.csv").open(encoding="utf-8-sig", newline="") as file:
        expected = [float(row["expected"]) for row in csv.DictReader(file)]
    assert expected[12] > 1.5 * expected[13] > 5 * expected[15]


def test_a_shop_without_orders_is_told_what_is_missing(call, kiosk, sale):
    status, _, err = call("forecast", kiosk / "sale.toml", "--history", kiosk / "history.csv", *sale)

    assert status is Exit.INPUT
    assert "ordinary_orders_per_day" in err

    (kiosk / "plan.toml").write_text(f"ordinary_orders_per_day = 1200\n{PLAN}", encoding="utf-8")
    status, out, _ = call("forecast", kiosk / "sale.toml", "--history", kiosk / "history.csv", *sale)
    assert status is Exit.DONE
    assert "assumed" in out


def test_the_plan_is_told_in_chinese_too(call, kiosk, sale):
    _, out, _ = call("--lang", "zh", "forecast", kiosk / "sale.toml", "--history", kiosk / "orders.csv", *sale)

    assert "手工公式" in out
    assert "大促" in out


def test_a_plan_of_orders_alone_says_that_no_hand_formula_is_to_be_had(call, kiosk, sale):
    bare = PLAN.replace("through_service_share = 0.2\nconversion_share = 0.4\n", "")
    (kiosk / "plan.toml").write_text(bare, encoding="utf-8")

    status, out, _ = call("forecast", kiosk / "sale.toml", "--history", kiosk / "orders.csv", *sale)

    assert status is Exit.DONE
    assert "hand formula says nothing" in out


def test_a_plan_that_is_not_there_is_refused(call, kiosk, sale):
    status, _, err = call("forecast", kiosk / "sale.toml", "--history", kiosk / "orders.csv", *sale[:-1], "nowhere")

    assert status is Exit.INPUT
    assert "No order plan" in err
    assert "double11" in err
