"""Soft labels: what is read from the file, what training asks for, and what is refused."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from fabdesign.errors import FileFormatError
from fabdesign.tasks import Classify, Dataset, Split
from fabdesign.tasks.base import Batch
from fabdesign.tasks.classify import shares
from fabdesign.tasks.soft_labels import with_soft_labels

COUNT, CLASSES = 8, 3


@pytest.fixture
def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    labels = np.arange(COUNT, dtype=np.uint8) % CLASSES
    split = Split(rng.integers(0, 256, (COUNT, 4, 4), dtype=np.uint8), labels)
    return Dataset("eight", split, split)


@pytest.fixture
def probability() -> np.ndarray:
    return np.random.default_rng(1).dirichlet(np.ones(CLASSES), COUNT)


def stored(folder: Path, values: np.ndarray) -> Path:
    np.save(folder / "teacher.npy", values)
    return folder / "teacher.npy"


def test_they_follow_their_examples(dataset: Dataset, probability: np.ndarray, tmp_path: Path) -> None:
    soft = with_soft_labels(dataset, stored(tmp_path, probability))
    held = soft.held_out(0.25)
    for index in range(len(held.train)):
        row = int(np.flatnonzero((dataset.train.images == held.train.images[index]).all((1, 2)))[0])
        assert held.train.soft_labels is not None
        assert held.train.soft_labels[index] == pytest.approx(probability[row], rel=1e-6)
    assert held.test.soft_labels is None
    assert soft.test.soft_labels is None
    first = soft.limited(3, None).train.soft_labels
    assert first is not None
    assert first == pytest.approx(probability[:3], rel=1e-6)
    middle = Batch.of(soft.train, np.array([6, 1, 4])).part(1, 3).soft_labels
    assert middle is not None
    assert middle.numpy() == pytest.approx(probability[[1, 4]], rel=1e-6)


def test_they_tell_training_data_apart_but_not_the_data_to_score_on(
    dataset: Dataset, probability: np.ndarray, tmp_path: Path
) -> None:
    soft = with_soft_labels(dataset, stored(tmp_path, probability))
    turned = with_soft_labels(dataset, stored(tmp_path, probability[::-1]))
    assert len({data.train.data_hash for data in (dataset, soft, turned)}) == 3
    assert len({data.held_out(0.25).test.data_hash for data in (dataset, soft, turned)}) == 1


def test_the_loss_asks_for_them(dataset: Dataset, probability: np.ndarray, tmp_path: Path) -> None:
    batch = Batch.of(with_soft_labels(dataset, stored(tmp_path, probability)).train, slice(None))
    powers = torch.rand(COUNT, CLASSES, generator=torch.Generator().manual_seed(2))
    logits = 50 * shares(powers)
    expected = -(torch.from_numpy(probability) * logits.log_softmax(1)).sum(1).float()
    torch.testing.assert_close(Classify(dataset).loss(powers, batch), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("readout", ["argmax", "pairs"])
def test_certain_ones_are_the_labels(dataset: Dataset, readout: str, tmp_path: Path) -> None:
    certain = with_soft_labels(dataset, stored(tmp_path, np.eye(CLASSES)[dataset.train.labels])).train
    task = Classify(dataset, readout="pairs" if readout == "pairs" else "argmax", label_smoothing=0.1)
    powers = torch.rand(COUNT, 2 * CLASSES if readout == "pairs" else CLASSES)
    soft, hard = (task.loss(powers, Batch.of(split, slice(None))) for split in (certain, dataset.train))
    torch.testing.assert_close(soft, hard, rtol=1e-5, atol=1e-6)


def test_rounded_ones_are_made_to_add_up(dataset: Dataset, probability: np.ndarray, tmp_path: Path) -> None:
    soft = with_soft_labels(dataset, stored(tmp_path, probability.astype(np.float16))).train.soft_labels
    assert soft is not None
    assert soft.sum(1) == pytest.approx(np.ones(COUNT), abs=1e-6)


def _changed(values: np.ndarray, row: int, to: list[float]) -> np.ndarray:
    changed = values.copy()
    changed[row] = to
    return changed


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p: p[1:], r"\[8, 3\] for these training examples; got float64 \[7, 3\]"),
        (lambda p: p[:, :2], r"got float64 \[8, 2\]"),
        (lambda p: p.argmax(1), r"got int64 \[8\]"),
        (lambda p: _changed(p, 2, [0.5, 0.2, 0.2]), r"row 2 is \[0.5, 0.2, 0.2\]"),
        (lambda p: _changed(p, 5, [1.5, -0.5, 0.0]), r"row 5 is \[1.5, -0.5, 0.0\]"),
        (lambda p: _changed(p, 1, [np.nan, 0.5, 0.5]), "row 1 is"),
        (lambda p: np.array([{}] * COUNT, dtype=object), "is not a readable .npy file"),
    ],
)
def test_other_arrays_are_refused(spoil, message, dataset, probability, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FileFormatError, match=message) as caught:
        with_soft_labels(dataset, stored(tmp_path, spoil(probability)))
    assert caught.value.message.startswith("train.soft_labels")
    assert caught.value.hint


def test_other_files_are_refused(dataset: Dataset, probability: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="does not exist"):
        with_soft_labels(dataset, tmp_path / "none.npy")
    whole = stored(tmp_path, probability).read_bytes()
    for content in (b"", b"scores", b"PK\x03\x04 cut off", whole[:-9]):
        (tmp_path / "broken.npy").write_bytes(content)
        with pytest.raises(FileFormatError, match="is not a readable"):
            with_soft_labels(dataset, tmp_path / "broken.npy")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("soft.npy", whole)
    (tmp_path / "teacher.npz").write_bytes(buffer.getvalue())
    with pytest.raises(FileFormatError, match="npz archive"):
        with_soft_labels(dataset, tmp_path / "teacher.npz")
