"""Order plans: the planners' own arithmetic, and what is refused."""

import pytest

from scenarios import OrderPlan, PhasePlan, PlanningError, load_order_plan, load_scenario, plan_names

RATES = {"basket_yuan": 100.0, "through_service_share": 0.2, "conversion_share": 0.4}


def plan_of(*phases, **more):
    return OrderPlan(schema=1, name="sale", title={"en": "Sale", "zh": "大促"}, phases=phases, **(RATES | more))


def phase(**more):
    return PhasePlan(**({"event": "sale", "name": "opening"} | more))


def test_the_planners_own_example_half_a_million_yuan_takes_2500_enquiries():
    """500,000 / 100 = 5,000 orders x 20 % / 40 % = 2,500 (39zn.cn/article/89975)."""
    opening = phase(gmv_yuan=500_000.0)
    plan = plan_of(opening)

    assert plan.orders_of(opening) == 5_000
    assert plan.enquiries_of(opening) == 2_500


def test_orders_told_need_no_basket_and_a_phase_may_have_rates_of_its_own():
    told = phase(orders=800.0, conversion_share=0.5)
    plan = plan_of(told, basket_yuan=None)

    assert plan.orders_of(told) == 800
    assert plan.enquiries_of(told) == pytest.approx(800 * 0.2 / 0.5)


def test_a_plan_of_orders_alone_has_no_hand_formula():
    told = phase(orders=800.0)

    assert plan_of(told, through_service_share=None, conversion_share=None).enquiries_of(told) is None


@pytest.mark.parametrize("name", plan_names())
def test_every_plan_that_ships_fits_the_scenario_of_its_name_and_has_both_titles(name):
    plan, scenario = load_order_plan(name), load_scenario(name)
    phases = {(event.name, phase.name) for event in scenario.promo for phase in event.phases}

    assert {(row.event, row.name) for row in plan.phases} <= phases
    assert set(plan.enquiries) <= {kind.name for kind in scenario.contact_types}
    assert set(plan.title) == {"en", "zh"}


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: phase(), "orders_or_gmv"),
        (lambda: phase(orders=1.0, gmv_yuan=1.0), "orders_or_gmv"),
        (lambda: phase(orders=-1.0), "negative"),
        (lambda: phase(gmv_yuan=1.0, basket_yuan=0.0), "not_positive"),
        (lambda: phase(orders=1.0, conversion_share=0.0), "not_positive"),
        (lambda: phase(orders=1.0, through_service_share=1.1), "share_out_of_range"),
        (lambda: plan_of(), "empty"),
        (lambda: plan_of(phase(orders=1.0), phase(orders=2.0)), "repeated_name"),
        (lambda: plan_of(phase(gmv_yuan=1.0), basket_yuan=None), "plan_lacks"),
        (lambda: plan_of(phase(orders=1.0), enquiries={"chat": 0.5}), "shares_not_one"),
        (lambda: plan_of(phase(orders=1.0), ordinary_orders_per_day=0.0), "not_positive"),
        (lambda: load_order_plan("nowhere"), "no_plan"),
    ],
)
def test_what_makes_no_plan_is_refused(make, key):
    with pytest.raises(PlanningError) as refused:
        make()

    assert refused.value.key == key


def test_half_of_the_rates_is_a_mistake_that_names_what_is_missing():
    told = phase(orders=1.0)
    plan = plan_of(told, conversion_share=None)

    with pytest.raises(PlanningError, match="conversion_share") as refused:
        plan.enquiries_of(told)
    assert refused.value.key == "plan_lacks"


def test_a_file_with_an_unknown_key_is_refused_with_its_place(tmp_path):
    path = tmp_path / "sale.toml"
    path.write_text(
        'schema = 1\nname = "sale"\ntitle = {}\n[[phases]]\nevent = "a"\nname = "b"\nturnover = 1\n', "utf-8"
    )

    with pytest.raises(PlanningError, match=r"sale\.toml.*turnover") as refused:
        load_order_plan(path)
    assert refused.value.key == "unknown_key"
