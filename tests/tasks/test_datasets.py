"""The embedded digits and users' own files, whole and broken."""

import gzip
import hashlib
import struct
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.tasks import load_dataset

NAMES = {
    ("train", "images"): "train-images-idx3-ubyte",
    ("train", "labels"): "train-labels-idx1-ubyte",
    ("test", "images"): "t10k-images-idx3-ubyte",
    ("test", "labels"): "t10k-labels-idx1-ubyte",
}


def idx(array: np.ndarray) -> bytes:
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "train_images": rng.integers(0, 256, (6, 4, 5), dtype=np.uint8),
        "train_labels": np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8),
        "test_images": rng.integers(0, 256, (3, 4, 5), dtype=np.uint8),
        "test_labels": np.array([2, 1, 0], dtype=np.int64),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for (part, what), name in NAMES.items():
        content = idx(arrays()[f"{part}_{what}"])
        if what == "images":
            (tmp_path / name).write_bytes(content)
        else:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    return tmp_path


def test_embedded_digits_are_the_documented_subset() -> None:
    data = load_dataset("mnist-small")
    assert data.train.images.shape == (6000, 28, 28)
    assert data.test.images.shape == (1000, 28, 28)
    assert np.bincount(data.train.labels).tolist() == [600] * 10
    assert np.bincount(data.test.labels).tolist() == [100] * 10
    assert data.train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert hashlib.sha256(data.train.images.tobytes()).hexdigest().startswith("2310bf8f1f7d51e4")
    assert data.classes == 10


def test_embedded_digits_come_with_their_notice_and_are_small() -> None:
    folder = resources.files("fabdesign.tasks") / "data"
    assert "Attribution-Share Alike 3.0" in (folder / "README.md").read_text()
    assert len((folder / "mnist_small.npz").read_bytes()) < 2_000_000


def test_a_folder_of_idx_files_plain_and_gzipped(folder: Path) -> None:
    data = load_dataset(folder)
    assert np.array_equal(data.train.images, arrays()["train_images"])
    assert data.test.labels.tolist() == [2, 1, 0]
    assert data.classes == 3


def test_an_npz_file(tmp_path: Path) -> None:
    path = tmp_path / "shapes.npz"
    np.savez_compressed(path, **arrays())
    data = load_dataset(str(path))
    assert data.name == "shapes"
    assert data.test.labels.dtype == np.uint8
    assert np.array_equal(data.test.images, arrays()["test_images"])


def test_the_data_hash_knows_images_labels_and_shape(tmp_path: Path) -> None:
    hashes = set()
    for change in range(4):
        content = arrays()
        if change == 1:
            content["test_images"][0, 0, 0] ^= 1
        if change == 2:
            content["test_labels"][0] = 1
        if change == 3:
            content["test_images"] = content["test_images"].reshape(3, 5, 4)
        np.savez(tmp_path / "a.npz", **content)
        hashes.add(load_dataset(tmp_path / "a.npz").test.data_hash)
    assert len(hashes) == 4


def test_a_missing_data_set_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no-such-data"):
        load_dataset(tmp_path / "no-such-data")


def test_a_missing_idx_file_is_named(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileFormatError, match="t10k-labels-idx1-ubyte"):
        load_dataset(folder)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-1], r"must be 136 bytes long for its sizes \[6, 4, 5\]; it is 135"),
        (lambda data: data + b"x", "it is 137"),
        (lambda data: b"\0\0\x08\x01" + data[4:], "it begins with 00 00 08 01"),
        (lambda data: b"PK\x03\x04" + data[4:], "it begins with 50 4b 03 04"),
        (lambda data: b"", "it begins with nothing"),
        (lambda data: gzip.compress(data)[:-9], "cannot be read"),
        (lambda data: data[:4] + b"\xff" * 12, "bytes long for its sizes"),
    ],
)
def test_a_broken_idx_file_is_named(folder: Path, damage: object, message: str) -> None:
    path = folder / NAMES["train", "images"]
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(FileFormatError, match=message) as caught:
        load_dataset(folder)
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train_images": None}, "missing: train_images"),
        ({"test_labels": np.zeros(2, np.uint8)}, "one label per image, 3"),
        ({"test_images": np.zeros((3, 4, 5))}, "uint8"),
        ({"test_images": np.zeros((3, 4, 5, 3), np.uint8)}, r"uint8 \[3, 4, 5, 3\]"),
        ({"test_images": np.full((3, 4, 5), 256)}, "uint8"),
        ({"test_images": np.uint8(3)}, "missing: test_images"),
        ({"test_labels": None}, "test_labels is missing"),
        ({"test_labels": np.eye(3)}, "one label per image, 3"),
        ({"test_images": np.zeros((0, 4, 5), np.uint8), "test_labels": np.zeros(0, np.uint8)}, "not empty"),
        ({"test_labels": np.array([0, 1, 300])}, "from 0 to 255"),
        ({"test_labels": np.array([0.0, 1.0, 2.0])}, "whole numbers from 0 to 255; got float64, from 0 to 2"),
    ],
)
def test_wrong_arrays_in_an_npz_are_told(
    tmp_path: Path, change: dict[str, np.ndarray | None], message: str
) -> None:
    content = {key: value for key, value in (arrays() | change).items() if value is not None}
    np.savez(tmp_path / "bad.npz", **content)
    with pytest.raises(FileFormatError, match=message):
        load_dataset(tmp_path / "bad.npz")


@pytest.mark.parametrize("shape", [(-1, 1, 4, 5), (-1, 4, 5, 1)])
def test_one_channel_and_columns_of_labels_and_other_whole_numbers_are_taken(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    content = arrays()
    content["train_images"] = content["train_images"].astype(np.int32).reshape(shape)
    content["train_labels"] = content["train_labels"].astype(np.int64)[:, None]
    np.savez(tmp_path / "a.npz", **content)
    np.savez(tmp_path / "b.npz", **arrays())
    hashes = [load_dataset(tmp_path / f"{name}.npz").train.data_hash for name in "ab"]
    assert hashes[0] == hashes[1]


def test_wrong_arrays_come_with_what_to_do(tmp_path: Path) -> None:
    np.savez(tmp_path / "keras.npz", x_train=np.zeros(3), y_train=np.zeros(3))
    with pytest.raises(FileFormatError) as caught:
        load_dataset(tmp_path / "keras.npz")
    assert caught.value.hint == "It holds x_train, y_train."
    np.savez(tmp_path / "shares.npz", **{**arrays(), "train_images": np.zeros((6, 4, 5))})
    with pytest.raises(FileFormatError) as caught:
        load_dataset(tmp_path / "shares.npz")
    assert "white is 255" in str(caught.value.hint)


def test_a_single_array_or_text_is_no_npz(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros((3, 4, 5), np.uint8))
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(FileFormatError, match="holds one array and no names"):
        load_dataset(tmp_path / "one.npy")
    with pytest.raises(FileFormatError, match="no archive of plain arrays"):
        load_dataset(tmp_path / "text.npz")


def test_an_odd_folder_and_a_misspelt_name_are_told(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    with pytest.raises(FileFormatError, match="it holds none of them") as caught:
        load_dataset(tmp_path)
    assert caught.value.hint == "It holds train."
    with pytest.raises(ConfigError) as misspelt:
        load_dataset("red-blod-cells")
    assert misspelt.value.hint == "Did you mean 'red-blood-cells'?"


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    content = arrays() | {"train_labels": np.array([{}] * 6, dtype=object)}
    np.savez(tmp_path / "objects.npz", **content)
    with pytest.raises(FileFormatError, match="not a readable"):
        load_dataset(tmp_path / "objects.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04rubbish"])
def test_a_file_that_is_no_npz(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(FileFormatError, match="not a readable"):
        load_dataset(tmp_path / "x.npz")
