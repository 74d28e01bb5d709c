"""Folders of pictures, pairs of .npz files, and what is held out."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.tasks import load_dataset


def write(path: Path, shape: tuple[int, int] = (8, 8), value: int | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = np.arange(np.prod(shape)).reshape(shape) % 251 if value is None else np.full(shape, value)
    Image.fromarray(grey.astype(np.uint8)).save(path)


def test_a_folder_for_each_class(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write(tmp_path / part / "b" / "1.png", value=2)
        write(tmp_path / part / "a" / "9.bmp", value=1)
    (tmp_path / "train" / "a" / "notes.txt").write_text("no picture")
    data = load_dataset(tmp_path)
    assert data.train.labels.tolist() == [0, 1]
    assert data.train.images[:, 0, 0].tolist() == [1, 2]
    assert data.classes == 2


def test_pictures_are_cut_into_patches_the_same_way_up(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write(tmp_path / part / "photo.png", (9, 13))
    data = load_dataset(tmp_path, {"patch": 4})
    assert data.train.images.shape == (6, 4, 4)
    assert data.train.images[1, 1].tolist() == [17, 18, 19, 20]
    assert not data.train.labels.any()


def test_pictures_of_several_sizes_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "train" / "1.png")
    write(tmp_path / "train" / "2.png", (8, 9))
    write(tmp_path / "test" / "1.png")
    with pytest.raises(FileFormatError, match=r"2\.png must have the size of the others") as caught:
        load_dataset(tmp_path)
    assert "patch" in str(caught.value.hint)


def test_damaged_and_missing_pictures_are_told(tmp_path: Path) -> None:
    write(tmp_path / "train" / "1.png")
    (tmp_path / "test").mkdir()
    with pytest.raises(FileFormatError, match="must hold pictures"):
        load_dataset(tmp_path)
    whole = (tmp_path / "train" / "1.png").read_bytes()
    for cut in (0, 10, len(whole) // 2):
        (tmp_path / "test" / "1.png").write_bytes(whole[:cut])
        with pytest.raises(FileFormatError, match="cannot be read as a picture"):
            load_dataset(tmp_path)


def test_a_pair_of_npz_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for part, count in (("train", 5), ("test", 3)):
        images = rng.integers(0, 256, (count, 4, 4), dtype=np.uint8)
        np.savez(tmp_path / f"{part}.npz", images=images, labels=np.arange(count))
    data = load_dataset(tmp_path)
    assert (len(data.train), len(data.test), data.classes) == (5, 3, 5)


def test_held_out_examples_come_from_training_alone() -> None:
    data = load_dataset("mnist-small")
    held = data.held_out(0.1)
    assert (len(held.train), len(held.test)) == (5400, 600)
    seen = {image.tobytes() for image in data.train.images}
    assert all(image.tobytes() in seen for image in held.test.images)
    assert data.held_out(0.0) is data
    assert held.test.data_hash == data.held_out(0.1).test.data_hash
    with pytest.raises(ConfigError, match=r"task\.validation"):
        data.limited(3, None).held_out(0.01)


def test_parts_may_be_limited() -> None:
    data = load_dataset("mnist-small").limited(10, 4)
    assert (len(data.train), len(data.test)) == (10, 4)
