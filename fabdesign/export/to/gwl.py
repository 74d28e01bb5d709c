"""GWL: job text for the Nanoscribe Photonic Professional."""

from fabdesign.export.job.exporter import GwlExporter

EXPORTER = GwlExporter()
