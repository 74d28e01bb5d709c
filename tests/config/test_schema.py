"""The JSON Schema speaks of keys and units as the user writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fabdesign.config import json_schema


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    schema = json_schema()
    for table in (schema, *schema["$defs"].values()):
        yield from table["properties"].items()


def test_every_key_has_a_description() -> None:
    tables = {"optics", "process", "task", "quantise", "train"}
    assert [name for name, field in properties() if name not in tables and not field.get("description")] == []


def test_no_key_carries_a_unit_suffix() -> None:
    assert [name for name, _ in properties() if re.search(r"_(um|rad|s)$", name)] == []


@pytest.mark.parametrize(
    ("text", "fits"),
    [("785 nm", True), ("1.5um", True), ("1e-3 mm", True), ("5", False), ("5 parsec", False), ("nm", False)],
)
def test_lengths_are_texts_with_a_pattern(text: str, fits: bool) -> None:
    wavelength = json_schema()["$defs"]["Optics"]["properties"]["wavelength"]
    assert wavelength["type"] == "string"
    assert bool(re.search(wavelength["pattern"], text)) is fits


def test_unknown_keys_are_refused_by_the_schema_too() -> None:
    schema = json_schema()
    assert all(table["additionalProperties"] is False for table in (schema, *schema["$defs"].values()))
