"""Grey files read back: identical when untouched, named for what they are when not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from fabdesign.check import CheckResult, check_files
from fabdesign.check.grey import read_grey
from fabdesign.check.readers import can_read
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export import export_design
from tests.check.devices import make_design

FORMATS = ("png16", "tiff16", "bmp8", "gds-grey", "dose-planes", "dose-planes-png")
IMAGES = FORMATS[:3]


def write(design, folder: Path, name: str, **options) -> list[Path]:
    if name not in FORMATS[:2]:
        options.setdefault("curve", "even")
    options = {"physical": design.physical, **options}
    return list(export_design(design, folder, name, options=options, overwrite=True).paths)


def check_grey_files(paths: list[Path], design) -> CheckResult:
    return check_files(paths, design, resimulate=False)


def ids(check) -> set[str]:
    return {finding.id for finding in check.findings}


def resave(path: Path, change) -> None:
    """Let another program change the pixels of an image; the resolution stays."""
    with Image.open(path) as image:
        dpi = image.info["dpi"]
        array = np.array(image)
    Image.fromarray(np.ascontiguousarray(change(array))).save(path, dpi=dpi)


def edit(path: Path, **fields) -> None:
    """Change fields of a record, those of nested tables with a dot in the name."""
    record = json.loads(path.read_text())
    for name, value in fields.items():
        *tables, key = name.split("__")
        inner = record
        for table in tables:
            inner = inner[table]
        inner[key] = value
    path.write_text(json.dumps(record))


@pytest.mark.parametrize("name", FORMATS)
def test_untouched_files_hold_the_design(tmp_path, name):
    design = make_design(pixels=(12, 17))
    check = check_grey_files(write(design, tmp_path, name), design)
    assert (check.findings, check.ok, check.levels_identical) == ((), True, True)
    for layer, result in enumerate(check.layers):
        assert result.comparison.layer == layer
        np.testing.assert_array_equal(result.comparison.levels, design.levels[layer])
        assert result.to_dict()["identical"]
    heights = np.array([layer.comparison.height_um for layer in check.layers])
    assert np.abs(heights - design.height_um()).max() < 1.26 / (2 * 255)
    assert check.formats == (name,)
    assert read_grey(check.layers[0].read.paths[0]).tag.hash_prefix == design.content_hash[:32]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(FORMATS),
    pixels=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    count=st.integers(1, 32),
    seed=st.integers(0, 99),
)
def test_any_levels_come_back(tmp_path, name, pixels, count, seed):
    design = make_design(seed, layers=1, pixels=pixels, levels=count)
    check = check_grey_files(write(design, tmp_path, name), design)
    np.testing.assert_array_equal(check.layers[0].comparison.levels, design.levels[0])
    assert check.levels_identical


def test_curve_is_undone(tmp_path):
    greys = np.linspace(0, 255, 12)
    curve = tmp_path / "c.csv"
    curve.write_text("".join(f"{grey},{1.4 * (1 - grey / 300) ** 2}\n" for grey in greys))
    design = make_design(pixels=(9, 8))
    for name in FORMATS[2:]:
        check = check_grey_files(write(design, tmp_path, name, curve=str(curve)), design)
        assert check.levels_identical
        assert read_grey(check.layers[0].read.paths[0]).record.scale.kind == "curve"


TURNS = {
    "mirrored in y": (lambda a: a[::-1], "orientation.mirrored"),
    "mirrored in x": (lambda a: a[:, ::-1], "orientation.mirrored"),
    "rotated by 180°": (lambda a: a[::-1, ::-1], "orientation.rotated"),
    "rotated by 90°": (lambda a: np.rot90(a, 1), "orientation.rotated"),
    "mirrored in the diagonal": (lambda a: a[::-1].T[::-1], "orientation.mirrored"),
}


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("pixels", [(10, 10), (10, 14)])
def test_turned_images_are_named(tmp_path, name, turn, pixels):
    design = make_design(layers=1, pixels=pixels)
    paths = write(design, tmp_path, name)
    change, rule = TURNS[turn]
    resave(paths[0], change)
    check = check_grey_files(paths, design)
    assert ids(check) == {"chain.altered", rule}
    assert check.layers[0].comparison.match.orientation == turn
    assert not check.levels_identical


def test_saved_again_by_another_program_is_still_the_design(tmp_path):
    design = make_design(layers=1)
    for name in IMAGES:
        paths = write(design, tmp_path, name)
        resave(paths[0], lambda a: a)
        paths[0].write_bytes(paths[0].read_bytes() + b"\0")
        check = check_grey_files(paths, design)
        assert ids(check) == {"chain.altered"}
        assert check.ok
        assert check.levels_identical


CHANGES = {
    "resampled": (lambda a: a.repeat(2, 0).repeat(2, 1), "pixels.resampled"),
    "cropped": (lambda a: a[1:], "pixels.count"),
    "8 bits": (lambda a: (a >> 8).astype(np.uint8), "grey.depth"),
    "negative": (lambda a: a.max() - a, "relief.inverted"),
    "darker": (lambda a: a // 2, "scale.height"),
    "one grey off": (
        lambda a: a + (np.arange(a.size).reshape(a.shape) == 7).astype(a.dtype),
        "heights.perturbed",
    ),
    "one level off": (
        lambda a: np.where(np.arange(a.size).reshape(a.shape) == 7, a[::-1], a),
        "levels.altered",
    ),
    "noise": (lambda a: np.random.default_rng(9).permutation(a.ravel()).reshape(a.shape), "levels.unlike"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_maps_are_named(tmp_path, change):
    design = make_design(layers=1, pixels=(20, 20))
    paths = write(design, tmp_path, "png16")
    function, rule = CHANGES[change]
    resave(paths[0], function)
    check = check_grey_files(paths, design)
    assert rule in ids(check)
    assert not check.ok
    assert not check.levels_identical


def test_one_changed_pixel_is_placed(tmp_path):
    design = make_design(layers=1, pixels=(20, 20))
    paths = write(design, tmp_path, "bmp8")

    def change(image):
        image[0, 3] += 1
        return image

    resave(paths[0], change)
    (found,) = (f for f in check_grey_files(paths, design).findings if f.id == "heights.perturbed")
    assert found.places[0].pixel == (19, 3)
    assert found.places[0].y_um > 0


RECORDS = {
    "design": ({"design": "0" * 64}, "chain.other-design"),
    "layers": ({"layers": 7}, "chain.layers"),
    "pitch": ({"pitch_um": 1.5e-3}, "scale.lateral"),
    "wavelength": ({"optics__wavelength_um": 0.532}, "record.optics"),
    "scale": ({"scale__b_um": 1e-5}, "scale.height"),
    "tone": ({"scale__a_um": 1.26, "scale__b_um": -1.26 / 255}, "relief.inverted"),
    "file": ({"sha256": "0" * 64}, "chain.altered"),
}


@pytest.mark.parametrize("change", RECORDS)
def test_changed_records_are_named(tmp_path, change):
    design = make_design(layers=1)
    paths = write(design, tmp_path, "bmp8")
    fields, rule = RECORDS[change]
    edit(paths[1], **fields)
    assert rule in ids(check_grey_files(paths, design))


def test_record_inside_must_be_the_one_beside(tmp_path):
    design = make_design(layers=1)
    paths = write(design, tmp_path, "tiff16")
    edit(paths[1], process="other")
    assert ids(check_grey_files(paths, design)) == {"chain.record"}
    paths[1].unlink()
    check = check_grey_files(paths[:1], design)
    assert ids(check) == {"chain.no-record"}
    assert check.levels_identical


def test_resolution_of_the_file_itself_is_held_against_the_design(tmp_path):
    design = make_design(layers=1)
    paths = write(design, tmp_path, "png16")
    with Image.open(paths[0]) as image:
        image.save(paths[0], dpi=(600, 600))
    assert ids(check_grey_files(paths, design)) == {"chain.altered", "scale.resolution"}


def test_swapped_layers_are_named(tmp_path):
    design = make_design(layers=2)
    first, second, *_ = paths = write(design, tmp_path, "bmp8")
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert ids(check_grey_files(paths, design)) == {"chain.altered", "layer.swapped"}


def test_layers_missing_and_repeated(tmp_path):
    design = make_design(layers=3)
    paths = write(design, tmp_path, "bmp8")
    assert ids(check_grey_files(paths[:2], design)) == {"layer.missing"}
    copy = tmp_path / "copy.bmp"
    copy.write_bytes(paths[0].read_bytes())
    (tmp_path / "copy.bmp.json").write_bytes(paths[3].read_bytes())
    assert "layer.repeated" in ids(check_grey_files([paths[0], copy], design))
    with pytest.raises(ConfigError):
        check_grey_files([*paths[:3], copy], design)


def test_planes_are_read_as_one_from_any_of_them(tmp_path):
    design = make_design(layers=1)
    paths = write(design, tmp_path, "dose-planes-png")
    for path in (paths[3], paths[8]):
        assert can_read(path)
        assert check_grey_files([path], design).levels_identical
    paths[5].write_bytes(paths[6].read_bytes())
    assert "levels.altered" in ids(check_grey_files(paths, design))
    paths[5].unlink()
    with pytest.raises(FileFormatError, match="does not exist"):
        check_grey_files(paths, design)


def test_drawing_of_another_design_or_damaged(tmp_path):
    design, other = make_design(layers=1), make_design(5, layers=1)
    paths = write(design, tmp_path / "a", "gds-grey")
    others = write(other, tmp_path / "b", "gds-grey")
    good = paths[0].read_bytes()
    paths[0].write_bytes(others[0].read_bytes())
    assert {"chain.altered", "chain.header", "levels.unlike"} <= ids(check_grey_files(paths, design))
    block = good[-8 - 64 : -8]
    for data, words in (
        (good[:-8] + block + good[-8:], "just once"),
        (good[: -8 - 64] + good[-8:], "just once"),
        (good[:-20], "truncated"),
        (good[:-4], "truncated"),
        (b"", "empty"),
    ):
        paths[0].write_bytes(data)
        with pytest.raises(FileFormatError, match=words):
            check_grey_files(paths, design)


def test_drawing_saved_by_gdstk_is_still_the_design(tmp_path):
    import gdstk

    design = make_design(layers=1)
    paths = write(design, tmp_path, "gds-grey")
    gdstk.read_gds(paths[0]).write_gds(paths[0])
    check = check_grey_files(paths, design)
    assert ids(check) == {"chain.altered"}
    assert check.levels_identical


def test_shifted_drawing_is_noted(tmp_path):
    import gdstk

    design = make_design(layers=1)
    paths = write(design, tmp_path, "gds-grey")
    library = gdstk.read_gds(paths[0])
    for polygon in library.cells[0].polygons:
        polygon.translate(3, -2)
    library.write_gds(paths[0])
    assert ids(check_grey_files(paths, design)) == {"chain.altered", "position.shifted"}


def test_missing_records_and_folders(tmp_path):
    design = make_design(layers=1)
    for name in ("bmp8", "gds-grey", "dose-planes"):
        paths = write(design, tmp_path / name, name)
        next(path for path in paths if path.suffix == ".json").unlink()
        with pytest.raises(FileFormatError, match=r"json"):
            check_grey_files(paths, design)
    (tmp_path / "a.png").mkdir()
    with pytest.raises(FileFormatError, match="folder"):
        read_grey(tmp_path / "a.png")
