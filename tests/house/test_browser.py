"""The script that sees to Chromium and the Chinese font installs what is missing or says what to do."""

import subprocess

import pytest


@pytest.fixture
def machine(browser, monkeypatch):
    """A machine whose commands are a set of names; steps of apt are recorded, and install what they name."""
    commands, steps = {"fc-list"}, []
    fonts = []

    def run(command, **_):
        steps.append(command)
        if "chromium" in command:
            commands.add("chromium")
        if "fonts-noto-cjk" in command:
            fonts.append("Noto Sans CJK SC")
        return subprocess.CompletedProcess(command, 0, stdout="\n".join(fonts), stderr="")

    monkeypatch.setattr(browser.shutil, "which", lambda name: name if name in commands else None)
    monkeypatch.setattr(browser.subprocess, "run", run)
    monkeypatch.setattr(browser.sys, "platform", "linux")
    return commands, fonts, steps


def test_nothing_is_installed_where_both_are_there(browser, machine):
    commands, fonts, steps = machine
    commands |= {"chromium", "apt-get"}
    fonts.append("Noto Sans CJK SC")

    assert browser.main() == 0
    assert not any("apt-get" in step for step in steps)


def test_apt_installs_what_is_missing(browser, machine):
    commands, _, steps = machine
    commands.add("apt-get")

    assert browser.main() == 0
    assert any({"chromium", "fonts-noto-cjk"} <= set(step) for step in steps)


def test_only_what_is_missing_is_installed(browser, machine):
    commands, _, steps = machine
    commands |= {"apt-get", "google-chrome"}

    assert browser.main() == 0
    assert not any("chromium" in step for step in steps)


def test_without_apt_the_script_says_what_to_do_and_fails(browser, machine, capsys):
    assert browser.main() == 1
    said = capsys.readouterr().err
    assert "missing: browser, fonts" in said
    assert "macOS, Windows" in said


def test_a_failed_installation_is_told_and_fails(browser, machine, monkeypatch, capsys):
    commands, _, _ = machine
    commands.add("apt-get")

    def fail(needs):
        raise subprocess.CalledProcessError(100, ["apt-get"])

    monkeypatch.setattr(browser, "install", fail)

    assert browser.main() == 1
    assert "could not install" in capsys.readouterr().err
