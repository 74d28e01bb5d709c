"""A few cases of the round trips; `python -m benchmarks.roundtrips` has as many as one likes."""

from pathlib import Path

import pytest

from benchmarks.kinds import kinds
from benchmarks.roundtrips.page import write_page
from benchmarks.roundtrips.worker import run_kind


@pytest.mark.parametrize("name", [kind.name for kind in kinds()])
def test_generated_reliefs_come_back(name: str) -> None:
    tally = run_kind(name, 4, 3)
    assert tally.failures == []
    assert tally.reliefs >= 4
    assert tally.repeated >= 1


def test_the_page_counts_reliefs_and_failures(tmp_path: Path) -> None:
    tally = run_kind("png16", 3, 3)
    tally.failures.append("0: a failure")
    write_page(tmp_path / "page.md", [tally], reliefs=3, together=1, seed=3)
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert f"{tally.reliefs} reliefs, 1 failures." in text
