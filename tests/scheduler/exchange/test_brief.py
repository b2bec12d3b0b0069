import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from scheduler.exchange import summarise, write_brief
from scheduler.exchange.charts import Band, Series, line_chart


@pytest.fixture
def page(tmp_path, shop, shop_forecast):
    def write_and_read(plan, language="en", scenario=shop, forecast=shop_forecast):
        write_brief(plan, scenario, tmp_path / "brief.html", language, forecast=forecast, version=2)
        return (tmp_path / "brief.html").read_text(encoding="utf-8")

    return write_and_read


def test_the_brief_tells_the_verdict_of_every_date_with_its_interval(page, make_shop_plan):
    html = page(make_shop_plan(proven=False))

    for said in ("2026-11-10 Tue", "297 / 300", "280 / 300", "93.4 % (93.1–93.7)", "not proven", "version 2"):
        assert said in html


def test_the_brief_tells_each_contact_types_share(page, shop_plan):
    html = page(shop_plan)

    assert re.search(r"<td>phone</td><td>94\.1 % \(93\.7–94\.5\)</td>", html)
    assert re.search(r"<td>chat</td><td>92\.7 %", html)


def test_the_brief_is_chinese_where_asked(page, shop_plan):
    html = page(shop_plan, "zh")

    assert 'lang="zh-CN"' in html
    for said in ("排班简报", "<strong>通过验证</strong>", "逐日结论", "需求与在岗", "2026-11-11 周三"):
        assert said in html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_brief_fetches_nothing_from_outside(page, shop_plan, language):
    html = page(shop_plan, language)

    addresses = set(re.findall(r"https?://[^\"'\s<]+", html)) - {"http://www.w3.org/2000/svg"}
    assert addresses == set()
    assert not re.search(r"<(script|link|img|iframe|object)\b|@import|url\(", html)


def test_names_are_text_never_markup(page, shop, shop_plan):
    html = page(shop_plan, scenario=replace(shop, name="<script>alert(1)</script>"))

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_broken_rules_and_reasons_are_sentences(page, make_shop_plan):
    assert "张伟, 2026-11-11: 8.0 h of rest" in page(make_shop_plan(breached=True))
    without = page(make_shop_plan(without_roster=True), forecast=None)
    assert "张伟 has no legal line" in without
    assert "no roster" in without


def test_charts_are_well_formed_pictures_with_a_name(page, shop_plan):
    pictures = re.findall(r"<svg.*?</svg>", page(shop_plan), re.DOTALL)

    assert len(pictures) == 3  # demand, and coverage of two groups
    names = [ElementTree.fromstring(picture).get("aria-label") for picture in pictures]  # noqa: S314 - our own picture
    assert names[0] == "Expected contacts per interval"


def test_a_chart_steps_through_every_value_and_stays_in_its_frame():
    chart = line_chart("t <b>", [Series("a & b", np.array([0.0, 7.0, 3.0]))], [(0, "11-10")])
    root = ElementTree.fromstring(chart)  # noqa: S314 - our own picture
    (line,) = [path for path in root.iter() if path.get("stroke")]
    heights = [float(y) for y in re.findall(r"V([\d.]+)", line.get("d"))]

    assert len(heights) == 3
    assert heights[1] < heights[2] < heights[0]
    assert all(28 <= height <= 216 for height in heights)
    assert "a &amp; b" in chart


def test_a_line_with_a_gap_comes_in_pieces_and_a_band_lies_between_its_edges():
    gap = np.array([1.0, np.nan, 3.0])
    chart = line_chart("t", [Series("a", gap)], [], [Band("P10-P90", gap - 0.5, gap + 7.0)])
    root = ElementTree.fromstring(chart)  # noqa: S314 - our own picture
    (line,) = [path.get("d") for path in root.iter() if path.get("stroke-width")]
    (area,) = [path.get("d") for path in root.iter() if path.get("fill-opacity")]

    assert line.count("M") == 2
    assert area.count("Z") == 2
    assert "nan" not in chart
    heights = [float(y) for y in re.findall(r"V([\d.]+)", area)]
    assert min(heights) >= 28  # the axis reaches over the band, too


def test_a_chart_of_nothing_is_empty_but_whole():
    assert ElementTree.fromstring(line_chart("t", [Series("a", np.array([]))], [])).tag.endswith("svg")  # noqa: S314 - our own picture


def test_the_figures_of_a_plan_are_those_of_its_roster(shop, shop_plan, make_shop_plan):
    figures = summarise(shop_plan, shop)

    assert (figures.people, figures.shifts, figures.paid_h, figures.cost_yuan) == (3, 4, 31.0, 930.0)
    assert (figures.peak_positions, figures.status, figures.breaches) == (2.0, "proven", 0)
    assert figures.gap == pytest.approx(0.05)
    empty = summarise(make_shop_plan(without_roster=True), shop)
    assert (empty.status, empty.people, empty.breaches) == ("no_roster", 0, None)
    assert summarise(make_shop_plan(breached=True), shop).status == "rules_broken"
