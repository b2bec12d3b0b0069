"""See that a Chromium and a font with Chinese characters are there; the dashboard's tests drive the one with the other.

On Debian and its kin missing packages are installed with apt-get. On any other system the script says what to install.
It ends with status 0 when both are there, else 1. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Commands a Chromium answers to."""
DEBIAN_PACKAGES = {"browser": "chromium", "fonts": "fonts-noto-cjk"}
APT = ("apt-get", "-q", "-o", "DPkg::Lock::Timeout=300")
"""Another run of apt may hold the lock: five minutes are enough for it to end."""
REMEDY = (
    "The dashboard's tests need Chromium (or Chrome) on the PATH and a font with Chinese characters.\n"
    "Debian, Ubuntu: apt-get install chromium fonts-noto-cjk.\n"
    "Fedora: dnf install chromium google-noto-sans-cjk-fonts.\n"
    "macOS, Windows: install Google Chrome or Chromium, put it on the PATH; the fonts are part of the system."
)


def missing() -> list[str]:
    """Return what is not there: ``browser``, ``fonts``, both or nothing."""
    found: list[str] = []
    if not any(map(shutil.which, BROWSERS)):
        found.append("browser")
    if not _has_chinese_font():
        found.append("fonts")
    return found


def _has_chinese_font() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    listed = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def install(needs: Sequence[str]) -> None:
    """Install the Debian packages of ``needs``; a failure is a ``CalledProcessError``."""
    front = () if os.name == "posix" and os.geteuid() == 0 else ("sudo", "-n")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [DEBIAN_PACKAGES[need] for need in needs]
    # fontconfig brings fc-list, by which the next run sees the fonts.
    packages += ["fontconfig"] if "fonts" in needs else []
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*front, *APT, *step], check=True, env=environment)


def main() -> int:
    """Install what is missing, or say what to do; return the exit status."""
    needs = missing()
    if needs and shutil.which("apt-get"):
        print(f"installing from Debian: {', '.join(DEBIAN_PACKAGES[need] for need in needs)}", flush=True)
        try:
            install(needs)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"could not install: {error}", file=sys.stderr)
        needs = missing()
    if needs:
        print(f"missing: {', '.join(needs)}\n{REMEDY}", file=sys.stderr)
    return 1 if needs else 0


if __name__ == "__main__":
    raise SystemExit(main())
