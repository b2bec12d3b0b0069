"""Commands called as from a shell, and small files for them."""

import pytest

from scenarios.text import use_language
from scheduler.cli import run

from ..conftest import KIOSK


@pytest.fixture(autouse=True)
def english():
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def kiosk(make_site):
    """Folder with the kiosk's scenario, history and site file."""
    return make_site().folder


@pytest.fixture
def call(capsys):
    """Run the command line and return its exit status, its output and its errors."""

    def called(*arguments):
        status = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return called


@pytest.fixture
def shop(tmp_path):
    """Write a kiosk of four people, open from 12:00 to 18:00, with tables added at the end; return its file."""

    def write(*more, name="shop", **changed):
        text = KIOSK.replace("{people}", "4").replace('name = "kiosk"', f'name = "{name}"')
        for old, new in changed.items():
            line = next(line for line in text.splitlines() if line.startswith(f"{old} ="))
            text = text.replace(line, f"{old} = {new}")
        path = tmp_path / f"{name}.toml"
        path.write_text("\n".join([text, *more]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def roster(tmp_path):
    """Write a roster of two early and two late shifts and return its file."""
    shifts = [(1, "early", 12, 15), (2, "early", 12, 15), (3, "late", 15, 18), (4, "late", 15, 18)]
    day = "2026-11-11"
    rows = ["agent,date,template,group,start,end,breaks"]
    rows += [f"agent-0{who},{day},{shift},desk,{day} {start}:00,{day} {end}:00," for who, shift, start, end in shifts]
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def slower(tmp_path):
    """Write a shock that doubles the work of everything until the end, and return its file."""
    path = tmp_path / "slower.toml"
    path.write_text(
        'schema = 1\nname = "slower"\ntitle = { en = "Slower", zh = "变慢" }\nabout = { en = "x", zh = "x" }\n'
        'assumed = { en = "x", zh = "x" }\neffects = [{ what = "work", factor = 2.0 }]\n',
        encoding="utf-8",
    )
    return path
