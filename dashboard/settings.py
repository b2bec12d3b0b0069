"""What the pages are started with."""

import os
from pathlib import Path

TEXT = Path(__file__).parent / "text"
"""Catalogue of the pages."""
STORE_VARIABLE = "SPRINGTIDE_STORE"
"""Environment variable with the address of the store the pages show."""
DEFAULT_STORE = "sqlite:///springtide.sqlite"
FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', sans-serif"
)
"""Fonts a system may have, Latin first; nothing is fetched."""
HUE = "#0b7285"
"""Deep water: readable on white (contrast 5.6) and told apart from the warning colours by the colour-blind."""
OPTIONS: dict[str, str] = {
    "server.address": "127.0.0.1",  # the pages have no log-in: this machine only
    "server.headless": "true",
    "server.fileWatcherType": "none",  # installed files do not change
    "server.maxUploadSize": "20",  # MB: a scenario file is a few kB
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",  # a traceback goes to the terminal, not into the page
    "theme.base": "light",
    "theme.primaryColor": HUE,
    "theme.font": FONTS,
    "theme.headingFont": FONTS,
}
"""Streamlit options, without which the pages are not to be started."""


def script() -> Path:
    """Return the file Streamlit runs."""
    return Path(__file__).parent / "app.py"


def store_address() -> str:
    """Return the address of the store to show."""
    return os.environ.get(STORE_VARIABLE) or DEFAULT_STORE
