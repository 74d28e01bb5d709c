"""One self-contained HTML page on what will be printed, and whether it will work."""

from fabdesign.report.answers import draw_answers
from fabdesign.report.make import Report, make_mesh_report, make_report
from fabdesign.report.results import Results, load_results, parse_results
from fabdesign.report.subject import FileFact, Subject
from fabdesign.report.write import is_report, write_report

__all__ = [
    "FileFact",
    "Report",
    "Results",
    "Subject",
    "draw_answers",
    "is_report",
    "load_results",
    "make_mesh_report",
    "make_report",
    "parse_results",
    "write_report",
]
