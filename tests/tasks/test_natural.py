"""Patches of the pictures that other packages bring: from where they say, never the same for both parts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabdesign.errors import ConfigError
from fabdesign.tasks import load_dataset, natural


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Noise of 32×64 pixels, where a patch is found in one place alone, for the packages' pictures."""
    grey = np.random.default_rng(0).integers(0, 256, (32, 64), dtype=np.uint8)
    Image.fromarray(grey).save(tmp_path / "picture.png")
    monkeypatch.setattr(natural, "picture_files", lambda: [tmp_path / "picture.png"])
    natural.natural_images.cache_clear()
    yield grey
    natural.natural_images.cache_clear()


def places(patch: np.ndarray, grey: np.ndarray) -> list[int]:
    """Rows at which the patch lies in the picture."""
    windows = np.lib.stride_tricks.sliding_window_view(grey, patch.shape)
    return [int(row) for row, _ in np.argwhere((windows == patch).all((2, 3)))]


def test_patches_are_of_the_picture_and_parts_do_not_overlap(picture: np.ndarray) -> None:
    data = load_dataset("natural-images", {"train": 40, "test": 20, "pixels": 8})
    assert data.train.images.shape == (40, 8, 8)
    for patch in data.train.images:
        (row,) = places(patch, picture)
        assert row + 8 <= 24
    for patch in data.test.images:
        assert places(patch, picture) == [24]
    assert len({patch.tobytes() for patch in data.train.images}) > 20


def test_places_come_from_the_seed_and_shrinking_takes_means(picture: np.ndarray) -> None:
    small = {"train": 5, "test": 2, "pixels": 4, "shrink": 2}
    first = load_dataset("natural-images", small)
    natural.natural_images.cache_clear()
    assert load_dataset("natural-images", small).train.data_hash == first.train.data_hash
    assert load_dataset("natural-images", {**small, "seed": 1}).train.data_hash != first.train.data_hash
    half = picture.reshape(16, 2, 32, 2).mean(axis=(1, 3)).round().astype(np.uint8)
    assert all(len(places(patch, half)) == 1 for patch in first.train.images)


def test_too_large_a_patch_and_missing_packages_are_told(
    picture: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="patches of 9 pixels fit in none"):
        load_dataset("natural-images", {"train": 1, "test": 1, "pixels": 9})
    monkeypatch.setattr(natural, "picture_files", list)
    with pytest.raises(ConfigError, match="neither is installed") as caught:
        load_dataset("natural-images", {"train": 2, "test": 1})
    assert "pip install scikit-image" in str(caught.value.hint)


def test_the_packages_are_found_and_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "skimage"
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(folder / "data" / "camera.png")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(natural.PICTURES, "sklearn", ())
    assert natural.picture_files() == [folder / "data" / "camera.png"]
