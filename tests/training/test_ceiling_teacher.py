"""The teacher of the ceiling benchmark: soft labels of the training digits, trained once."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.ceiling import teacher
from fabdesign.tasks import load_dataset
from fabdesign.tasks.soft_labels import with_soft_labels


def test_it_learns_digits_and_says_how_sure_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digits = load_dataset("mnist-small").limited(1000, None)
    monkeypatch.setattr(teacher, "load_dataset", lambda data: digits)
    path = teacher.soft_labels(tmp_path, 1, tmp_path / "work")
    soft = with_soft_labels(digits, path).train.soft_labels
    assert soft is not None
    assert np.mean(soft.argmax(1) == digits.train.labels) > 0.9
    assert 0.05 < np.mean(1 - soft.max(1)) < 0.9

    before = path.stat().st_mtime_ns
    assert teacher.soft_labels(tmp_path, 1, tmp_path / "work") == path
    assert path.stat().st_mtime_ns == before
