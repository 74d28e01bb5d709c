"""Findings in the forms that other programs read: SARIF, and KLayout's marker database."""

from fabdesign.check.output.lyrdb import lyrdb_text
from fabdesign.check.output.sarif import sarif_log, sarif_text
from fabdesign.check.output.write import OUTPUT_FORMATS, write_findings

__all__ = ["OUTPUT_FORMATS", "lyrdb_text", "sarif_log", "sarif_text", "write_findings"]
