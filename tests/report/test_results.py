"""Results of tolerance runs as files: taken whole, or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fabdesign.errors import ConfigError, FabdesignError, FileFormatError
from fabdesign.report import load_results, parse_results
from tests.check.tolerance import benches
from tests.report.subjects import tolerances, wide_spot


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("results")
    found, copies = tolerances(benches.classifier(), wide_spot(folder), benches.images(folder), samples=4)
    return json.loads(json.dumps({**found, "copies": copies}))


def test_a_result_comes_back_as_it_was(record: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "tolerance.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    results, plain = load_results(path, record["design"])
    assert results == parse_results(record)
    assert [row.to_json() for row in results.sensitivity] == record["sensitivity"]
    assert [row.to_json() for row in results.inverse] == record["inverse"]
    assert "copies" not in plain
    with pytest.raises(ConfigError, match="it is about"):
        load_results(path, "0" * 64)


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", "[" * 100_000, '{"sensitivity": [7]}', "\xff"])
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tolerance.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(FileFormatError, match=r"tolerance\.json"):
        load_results(path, "0" * 64)


def test_every_value_that_is_missing_or_wrong_is_named(record: dict[str, Any]) -> None:
    known = {key: value for key, value in record.items() if key != "copies"}
    for key in ("design", "process", "metric", "nominal", "model", "seed", "monte_carlo", "inverse"):
        with pytest.raises(FabdesignError, match=key):
            parse_results({**known, key: object()})
