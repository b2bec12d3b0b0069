"""Files in and out: histories, forecasts and rosters in; workbook, calendars, brief, CSV and JSON out."""

from scheduler.exchange.activity_files import write_activities_excel, write_activities_json
from scheduler.exchange.activity_text import activity_sections
from scheduler.exchange.brief import write_brief
from scheduler.exchange.calendars import write_ics
from scheduler.exchange.charts import Band, Series, line_chart
from scheduler.exchange.edits import parse_edit, read_edits, write_change, write_span
from scheduler.exchange.excel import write_excel
from scheduler.exchange.figure_rows import DAYS_MET, figure_rows, figure_table, pack_rows, promise_rows
from scheduler.exchange.files import remove_parts, replacing, write_text
from scheduler.exchange.forecast_csv import read_forecast, write_forecast
from scheduler.exchange.history import read_history
from scheduler.exchange.intraday_chart import INTRADAY_CHART_ENDINGS, write_intraday_chart
from scheduler.exchange.judgement_excel import write_judgement_excel
from scheduler.exchange.judgement_json import write_judgement_json
from scheduler.exchange.judgement_text import faults_section, judgement_sections, notes_section
from scheduler.exchange.pages import Section, write_page
from scheduler.exchange.price_json import write_price_json
from scheduler.exchange.price_text import price_sections
from scheduler.exchange.repair_files import write_repair_excel, write_repair_json
from scheduler.exchange.repair_text import repair_sections
from scheduler.exchange.roster_csv import read_roster, write_csv, write_json
from scheduler.exchange.roster_grid import GridWords, read_grid, read_shifts
from scheduler.exchange.section_excel import write_sections_excel
from scheduler.exchange.summary import Summary, summarise
from scheduler.exchange.table_files import require_table_file, write_table
from scheduler.exchange.tenure import read_tenure

__all__ = [
    "DAYS_MET",
    "INTRADAY_CHART_ENDINGS",
    "Band",
    "GridWords",
    "Section",
    "Series",
    "Summary",
    "activity_sections",
    "faults_section",
    "figure_rows",
    "figure_table",
    "judgement_sections",
    "line_chart",
    "notes_section",
    "pack_rows",
    "parse_edit",
    "price_sections",
    "promise_rows",
    "read_edits",
    "read_forecast",
    "read_grid",
    "read_history",
    "read_roster",
    "read_shifts",
    "read_tenure",
    "remove_parts",
    "repair_sections",
    "replacing",
    "require_table_file",
    "summarise",
    "write_activities_excel",
    "write_activities_json",
    "write_brief",
    "write_change",
    "write_csv",
    "write_excel",
    "write_forecast",
    "write_ics",
    "write_intraday_chart",
    "write_json",
    "write_judgement_excel",
    "write_judgement_json",
    "write_page",
    "write_price_json",
    "write_repair_excel",
    "write_repair_json",
    "write_sections_excel",
    "write_span",
    "write_table",
    "write_text",
]
