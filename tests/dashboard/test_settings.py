"""How the pages are started."""

from pathlib import Path

from dashboard import settings
from dashboard.__main__ import arguments_for


def test_the_pages_stay_on_this_machine_and_tell_nobody():
    assert settings.OPTIONS["server.address"] == "127.0.0.1"
    assert settings.OPTIONS["browser.gatherUsageStats"] == "false"
    assert settings.OPTIONS["server.headless"] == "true"
    assert settings.OPTIONS["client.toolbarMode"] == "minimal"


def test_fonts_are_the_systems_and_chinese_ones_are_named():
    assert "http" not in settings.FONTS
    assert {"'PingFang SC'", "'Microsoft YaHei'", "'Noto Sans CJK SC'"} <= {
        font.strip() for font in settings.FONTS.split(",")
    }


def test_streamlit_knows_every_option():
    from streamlit import config

    known = config.get_config_options()
    assert [name for name in settings.OPTIONS if name not in known] == []


def test_the_command_line_names_script_port_and_options():
    arguments = arguments_for(8777)

    assert Path(arguments[2]) == settings.script()
    assert settings.script().is_file()
    assert "--server.port=8777" in arguments
    assert "--server.address=127.0.0.1" in arguments


def test_the_store_is_the_one_the_environment_names(monkeypatch):
    monkeypatch.setenv(settings.STORE_VARIABLE, "sqlite:///elsewhere.db")
    assert settings.store_address() == "sqlite:///elsewhere.db"
    monkeypatch.delenv(settings.STORE_VARIABLE)
    assert settings.store_address() == settings.DEFAULT_STORE
