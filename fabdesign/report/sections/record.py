"""The record of the design: what it is, how it was computed, and where it came from."""

from __future__ import annotations

import json
from typing import Any

from fabdesign.report.blocks import Block, Listing, Section
from fabdesign.report.subject import Subject


def record(subject: Subject) -> Section:
    """The physical record, settings and provenance as they are stored."""
    design = subject.design
    blocks: list[Block] = []
    config = design.provenance.get("config")
    blocks.append(Listing("Physical record (hashed)", _json(design.physical.to_json())))
    blocks.append(Listing("Settings of the computation (not hashed)", _json(dict(design.settings))))
    if isinstance(config, str):
        blocks.append(Listing("Project file", config))
    rest = {key: value for key, value in design.provenance.items() if key != "config"}
    blocks.append(Listing("Provenance (not hashed)", _json(rest)))
    return Section("record", "Record of the design", blocks)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
