"""The sections of a report, each a function of what the report is about."""
