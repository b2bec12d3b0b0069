"""A planner's way through the pages in a real browser, far from the shop's time zone."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect, sync_playwright

from dashboard.settings import STORE_VARIABLE

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WAIT_MS = 90_000
START_S = 60


@pytest.fixture
def server(stored, address):
    """The pages as ``python -m dashboard`` serves them, on a free port; their address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, STORE_VARIABLE: address}, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=START_S)


def _wait_for(url):
    end = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server on this machine
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.fixture
def page():
    """A page in a new browser whose clock stands in New York; ``page.outside`` collects requests to other machines."""
    program = next((found for found in map(shutil.which, BROWSERS) if found), None)
    assert program, "no Chromium on the PATH; requirements/browser.py sees to it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        context = browser.new_context(
            viewport={"width": 1400, "height": 1200}, timezone_id="America/New_York", locale="en-US"
        )
        context.set_default_timeout(WAIT_MS)
        opened = context.new_page()
        opened.outside = []
        opened.on("request", lambda request: opened.outside.append(request.url) if _leaves(request.url) else None)
        yield opened
        browser.close()


def _leaves(url):
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))


@pytest.mark.browser
def test_a_planner_tests_her_own_file_switches_language_and_opens_the_roster(server, page, source, tmp_path):
    file = tmp_path / source.name
    file.write_text(source.toml, encoding="utf-8")
    expect.set_options(timeout=WAIT_MS)
    page.goto(f"{server}/?lang=en")

    # Her own file, more orders, run.
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="My own file").click()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("published roster, version 1")).to_be_visible()
    orders = page.locator("input[type=range]").first
    orders.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(orders).to_have_value("150")
    page.get_by_role("button", name="Run the simulation").click()

    # A refresh while it runs loses nothing.
    page.wait_for_url("**job=*")
    page.reload()
    expect(page.get_by_role("heading", name="Result: tiny.toml")).to_be_visible()
    expect(page.get_by_text("Tried: orders 150 %")).to_be_visible()
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    expect(chart.get_by_text("09:00", exact=True).first).to_be_visible()  # the shop's clock, not New York's

    # The same in Chinese, on the other page too.
    page.get_by_text("中文").click()
    expect(page.get_by_role("heading", name="结果：tiny.toml")).to_be_visible()
    expect(page.get_by_text("本次调整：订单量 150%")).to_be_visible()
    page.get_by_role("link", name="班表").click()
    expect(page.get_by_role("heading", name="班表")).to_be_visible()
    expect(page.get_by_text("未通过验证：")).to_be_visible()
    page.get_by_role("tab", name="在岗与需求").click()
    expect(page.get_by_text("phone：在岗人数")).to_be_visible()
    page.get_by_role("link", name="预测准确度").click()
    expect(page.get_by_text("还没有保存的预测。")).to_be_visible()
    assert "lang=zh" in page.url
    assert page.outside == []
