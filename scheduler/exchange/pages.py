"""Pages of tables and pictures: one HTML file that fetches nothing from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scheduler.exchange.files import write_text

HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
PAGE_ENDING = ".html"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, or of what a command prints: a table, pictures and sentences under a title."""

    title: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    charts: tuple[Markup, ...] = ()
    sentences: tuple[str, ...] = ()


@cache
def environment() -> Environment:
    """Return the environment of the templates beside this file."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_page(title: str, sections: Sequence[Section], place: Path, *, name: str, language: str) -> Path:
    """Write a page and return its path: ``place`` where it ends in ``.html``, else the file ``name`` in that folder."""
    path = place if place.suffix.lower() == PAGE_ENDING else place / f"{name}{PAGE_ENDING}"
    page = environment().get_template("page.html.j2")
    facts = {"title": title, "sections": sections, "language": HTML_LANGUAGE[language]}
    write_text(path, page.render(facts) + "\n")
    return path
