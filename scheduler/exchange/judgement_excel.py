"""The workbook of a judgement: the grid back with colours, the repaired grid, the findings."""

from pathlib import Path

import xlsxwriter

from scheduler.exchange.files import replacing
from scheduler.exchange.grid_book import GridBook
from scheduler.exchange.judgement_text import judgement_sections
from scheduler.exchange.table_files import TEXT_STAYS_TEXT
from scheduler.judging.judge import Judgement


def write_judgement_excel(judged: Judgement, path: Path, language: str) -> None:
    """Write the workbook in ``language``.

    The first sheet is the roster as it was read, a row per person and a column per date: dates green where every
    promise is proven and red where one is not, cells red where a rule is broken and yellow where something could not be
    read, the sentence in the cell's comment. The next is the roster with all repairs, changed cells blue. Both read
    back with ``read_grid``. Then the findings, and what the colours mean.
    """
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": judged.scenario.name})
        pages = GridBook(book, judged.reading, judged.roster, language, judged.scenario)
        pages.grid("sheet_read", judged.roster, judged.verdict.breaches, judged.verdict.statements)
        if judged.repaired is not None and judged.repaired_verdict is not None:
            after = judged.repaired_verdict
            pages.grid("sheet_repaired", judged.repaired, after.breaches, after.statements)
        pages.findings(judgement_sections(judged, language))
        pages.legend()
