"""One module per file format; each offers its exporter as ``EXPORTER``."""
