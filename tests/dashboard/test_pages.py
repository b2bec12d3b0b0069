"""The pages, without a browser, in both languages."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs
from dashboard.levers import Levers
from dashboard.settings import STORE_VARIABLE, script
from dashboard.trial import KIND, Source, TrialOrder, run_trial
from scenarios import Reason, RosterOutcome, RosterStatus, RuleBreach
from scenarios.progress import silent
from scenarios.text import LANGUAGES
from scheduler.store import JobState

TIMEOUT_S = 60


def roster_page():
    from dashboard.views import roster
    from dashboard.words import guarded

    with guarded():
        roster.show()


def opened(language, **query):
    """The whole app, on its first page."""
    page = AppTest.from_file(str(script()), default_timeout=TIMEOUT_S)
    page.query_params["lang"] = language
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def roster_opened(language):
    page = AppTest.from_function(roster_page, default_timeout=TIMEOUT_S)
    page.session_state["language"] = language
    return page.run()


def words(page):
    """Everything the page says."""
    kinds = (page.title, page.subheader, page.markdown, page.caption, page.info, page.success, page.warning, page.error)
    said = "\n".join(element.value for kind in kinds for element in kind)
    return said.replace("\u00a0", " ")  # the space that keeps a figure and its unit on one line


@pytest.fixture
def tried(stored, source):
    """A trial of the small shop that has ended."""
    order = TrialOrder(source, Levers(orders_factor=2.0, notices_coverage=0.5), replications=5)
    job = stored.jobs.add(KIND, order.parameters())
    stored.jobs.finish(job.id, run_trial(job.parameters, stored, silent))
    return job


# ---- test a promo day ----


@pytest.mark.parametrize(
    ("language", "title", "next_step"),
    [("en", "Test a promo day", "Set the levers on the left"), ("zh", "大促推演", "在左侧调好各项")],
)
def test_the_first_view_says_what_is_expected_and_what_to_do(address, language, title, next_step):
    page = opened(language)

    assert not page.exception
    assert page.title[0].value == title
    assert next_step in page.info[0].value
    assert page.selectbox(key="scenario").value == "double11_x10"
    assert len(page.slider) >= 4


def test_where_no_roster_is_stored_the_page_says_who_stands_in(address):
    assert "closed-form first guess for the unchanged scenario" in words(opened("en"))
    assert "公式初算" in words(opened("zh"))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("Result: tiny.toml", "orders 200 %", "notices cover 50 %", "published roster, version 1")),
     ("zh", ("结果：tiny.toml", "订单量 200%", "通知覆盖 50%", "已发布班表第 1 版"))],
)  # fmt: skip
def test_a_refresh_finds_the_last_result_again(address, tried, language, said):
    page = opened(language)

    assert not page.exception
    assert [part for part in said if part not in words(page)] == []
    assert len(page.metric) == 4
    assert page.metric[0].value.endswith("%")


def test_a_result_about_other_people_says_so(address, stored, tried, plan):
    assert not opened("en").warning

    fewer = replace(plan.outcome, roster=type(plan.outcome.roster)(plan.outcome.roster.assignments[1:]))
    newer = stored.rosters.add_draft("tiny", replace(plan, outcome=fewer), actor="test")
    stored.publish(newer.id, actor="test")

    assert "has changed since this run" in opened("en").warning[0].value


def test_the_address_names_which_run_is_shown(address, stored, tried):
    later = stored.jobs.add(KIND, TrialOrder(Source("quiet_day")).parameters())
    stored.jobs.cancelled(later.id)

    assert "Result: tiny.toml" in words(opened("en", job=tried.id))
    assert "cancelled" in words(opened("en"))


def test_the_form_begins_with_the_levers_of_the_run_that_is_shown(address, tried):
    page = opened("en")
    orders = next(slider for slider in page.slider if slider.label == "Orders against plan")

    assert orders.value == 200


def test_pressing_the_button_starts_a_job_with_the_levers_of_the_form(address, store, monkeypatch):
    started = []

    def note(store, kind, parameters):
        started.append(TrialOrder.from_parameters(parameters))
        return store.jobs.add(kind, {**parameters, "host": "another machine"})

    monkeypatch.setattr(jobs, "start_job", note)
    page = opened("en")
    next(slider for slider in page.slider if slider.label == "Orders against plan").set_value(150)
    page.toggle[0].set_value(False)
    next(button for button in page.button if button.label == "Run the simulation").click()
    page.run()

    assert not page.exception
    (order,) = started
    assert order == TrialOrder(Source("double11_x10"), Levers(orders_factor=1.5, notices_coverage=0.0))
    assert store.jobs.latest(KIND)[0].id in page.query_params["job"]


@pytest.mark.parametrize(("language", "said"), [("en", "12 of 60 days simulated"), ("zh", "已仿真 12 / 60 天")])
def test_a_running_job_shows_its_progress_and_can_be_cancelled(address, store, source, language, said):
    job = store.jobs.add(KIND, {**TrialOrder(source).parameters(), "host": "another machine"})
    store.jobs.start(job.id, pid=1)
    store.jobs.progress(job.id, "simulate", 12, 60)

    page = opened(language)
    assert not page.exception
    assert said in str(page.get("progress")[0].proto)
    page.button(key="cancel").click()
    page.run()
    assert store.jobs.get(job.id).cancel_requested
    assert not page.exception


def test_a_failed_job_shows_its_reason_and_the_form_stays(address, store, source):
    job = store.jobs.add(KIND, TrialOrder(source).parameters())
    store.jobs.fail(job.id, jobs.said_in_all("job.process_gone", log="Killed"))

    page = opened("zh")
    assert "没有给出结果" in page.error[0].value
    assert len(page.slider) >= 3


def test_a_wrong_file_is_told_in_the_page_without_a_traceback(address, store):
    wrong = Source("mine.toml", "schema = 1\n[horizon]\nfirst_date = 3\n")
    job = store.jobs.add(KIND, TrialOrder(wrong).parameters())
    store.jobs.fail(job.id, "x")

    for language in LANGUAGES:
        page = opened(language)
        assert not page.exception
        assert page.error[0].value.startswith("mine.toml: ")


def test_a_store_that_cannot_be_opened_is_told_in_the_page(monkeypatch):
    monkeypatch.setenv(STORE_VARIABLE, "no address")
    page = opened("en")

    assert not page.exception
    assert len(page.error) == 1


def test_the_language_switch_turns_the_page(address):
    page = opened("en")
    page.radio(key="language").set_value("zh").run()

    assert page.title[0].value == "大促推演"
    assert page.query_params["lang"] in ("zh", ["zh"])


# ---- roster ----


@pytest.mark.parametrize(("language", "said"), [("en", "springtide demo"), ("zh", "还没有任何班表")])
def test_without_a_roster_the_page_says_how_to_get_one(address, language, said):
    page = roster_opened(language)

    assert not page.exception
    assert said in page.info[0].value


@pytest.mark.parametrize(
    ("language", "state", "verdict"),
    [("en", "tiny · version 1 · published", "Not proven"), ("zh", "tiny · 第 1 版 · 已发布", "未通过验证：")],
)
def test_the_published_version_is_shown_first_with_its_verdict(address, stored, language, state, verdict):
    page = roster_opened(language)

    assert not page.exception
    assert page.selectbox(key="version").options[0] == state
    assert verdict in page.error[0].value
    assert [tab.label for tab in page.tabs] == {
        "en": ["Who works when", "Coverage", "Verdict", "Who is short when", "Rules"],
        "zh": ["排班表", "在岗与需求", "验证结论", "缺口", "规则检查"],
    }[language]
    assert "58" in words(page)


def test_a_draft_can_be_chosen(address, stored):
    page = roster_opened("en")
    assert page.tabs[1].label == "Coverage"
    draft = page.selectbox(key="version").options[1]
    page.selectbox(key="version").select_index(1).run()

    assert draft == "tiny · version 2 · draft"
    assert not page.exception


def test_the_excel_of_an_unknown_scenario_asks_for_its_file(address, stored):
    page = roster_opened("en")

    assert "needs the scenario this roster was made for" in words(page)
    assert not page.download_button


def test_a_roster_of_a_library_scenario_can_be_taken_away(address, store, plan, tiny, monkeypatch):
    monkeypatch.setattr("dashboard.views.roster.library_names", lambda: ("tiny",))
    monkeypatch.setattr("dashboard.views.roster.title_of", lambda *_: "The small shop")
    monkeypatch.setattr("dashboard.views.roster.scenario_of", lambda _: tiny)
    store.rosters.add_draft("tiny", plan, actor="test")

    page = roster_opened("en")
    assert not page.exception
    assert [button.label for button in page.download_button] == ["Download as Excel"]
    assert "95 % promised" in words(page)


def test_broken_rules_are_told_one_by_one(address, store, plan):
    breach = RuleBreach("rest", "caller-01", plan.verdict.statements[0].date, 8.0, 11.0)
    broken = replace(plan, verdict=replace(plan.verdict, breaches=(breach,)))
    store.rosters.add_draft("tiny", broken, actor="test")

    page = roster_opened("en")
    assert "Rules are broken: 1 in all" in page.error[0].value
    assert "caller-01, Tue 10 Nov: 8.0 h of rest before the shift, at least 11.0 are due." in words(page)


def test_where_no_roster_was_found_the_reasons_stand_in_its_place(address, store, plan):
    outcome = RosterOutcome(
        RosterStatus.INFEASIBLE, None, float("nan"), float("nan"), plan.outcome.shortfall,
        (Reason("reasons.no_line", (("agent", "caller-01"), ("parts", "-"), ("out", "-"))),),
    )  # fmt: skip
    store.rosters.add_draft("tiny", replace(plan, outcome=outcome, verdict=None, report=None), actor="test")

    page = roster_opened("zh")
    assert not page.exception
    assert "没有找到合规的班表" in page.error[0].value
    assert "caller-01" in words(page)


def test_a_plan_without_a_verdict_says_so(address, store, plan):
    store.rosters.add_draft("tiny", replace(plan, verdict=None, report=None), actor="test")
    page = roster_opened("en")

    assert page.warning[0].value == "This roster has no verdict."
    assert not page.exception


def test_the_state_of_a_job_decides_what_the_page_shows():
    assert {state for state in JobState if state.ended} == {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
