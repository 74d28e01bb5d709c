"""The hand-off package, taken apart by programs that are not ours."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import gdstk
import numpy as np
import pytest
import stl
from PIL import Image

from fabdesign.check import verify_path
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export.bundle import Exported, Package, suggested_format, write_bundle
from fabdesign.export.bundle import write as writing
from fabdesign.process import list_profiles, load_profile
from tests.export.packages import PROCESS, make_package, small_bundle, small_design, unzipped

DOCUMENTS = ("README.md", "runsheet.md", "layers.csv", "levels.csv", "process.toml", "checks.json")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    return small_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def files(bundle) -> dict[str, bytes]:
    return unzipped(bundle)


@pytest.fixture(scope="module")
def manifest(files) -> dict:
    return json.loads(files["manifest.json"])


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_everything_is_there(files):
    expected = {*DOCUMENTS, "manifest.json", "SHA256SUMS", "design.safetensors", "preview/layer00.png"}
    assert expected <= set(files)
    assert {"stl/letter-layer01.stl", "gds/letter-layer00.gds", "png16/letter-layer00.png"} <= set(files)
    assert "gwl/letter-layer00-gwl/letter-layer00.gwl" in files


def test_sums_are_those_of_the_files(files):
    lines = [line.split("  ") for line in files["SHA256SUMS"].decode().splitlines()]
    assert {name for _, name in lines} == set(files) - {"SHA256SUMS"}
    for digest, name in lines:
        assert hashlib.sha256(files[name]).hexdigest() == digest


def test_manifest_is_what_hashlib_finds(files, manifest):
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert set(listed) == set(files) - {"SHA256SUMS", "manifest.json"}
    for name, entry in listed.items():
        assert entry["bytes"] == len(files[name])
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
    assert manifest["design"]["content"] == small_design().content_hash
    assert {name: entry["role"] for name, entry in listed.items()}["gds/letter-gds.lyp"] == "companion"


def test_solids_in_the_manifest_are_those_that_numpy_stl_reads(files, manifest):
    solids = [entry for entry in manifest["files"] if entry["path"].endswith(".stl")]
    assert len(solids) == 2
    for entry in solids:
        mesh = stl.mesh.Mesh.from_file("x", fh=io.BytesIO(files[entry["path"]]), calculate_normals=False)
        assert entry["facts"]["triangles"] == len(mesh.vectors)
        assert entry["box_um"]["minimum"] == mesh.vectors.min(axis=(0, 1)).tolist()
        assert entry["box_um"]["maximum"] == mesh.vectors.max(axis=(0, 1)).tolist()
        assert entry["unit"] == "um"


def test_masks_in_the_manifest_are_those_that_gdstk_reads(files, manifest, tmp_path):
    masks = [entry for entry in manifest["files"] if entry["path"].endswith(".gds")]
    assert len(masks) == 2
    for entry in masks:
        (tmp_path / "x.gds").write_bytes(files[entry["path"]])
        library = gdstk.read_gds(str(tmp_path / "x.gds"), unit=1e-6)
        (cell,) = library.top_level()
        assert cell.name == entry["facts"]["cell"]
        cell.remove(*cell.labels)
        low, high = cell.bounding_box()
        assert [*low, *high] == pytest.approx([*entry["box_um"]["minimum"], *entry["box_um"]["maximum"]])
        for mask in entry["facts"]["masks"]:
            polygons = cell.get_polygons(layer=mask["gds_layer"], datatype=mask["datatype"])
            assert len(polygons) == mask["polygons"]
        assert entry["facts"]["polygons"] == sum(mask["polygons"] for mask in entry["facts"]["masks"])


def test_boxes_of_images_are_those_of_their_pixels(files, manifest):
    entry = next(entry for entry in manifest["files"] if entry["path"] == "png16/letter-layer00.png")
    image = Image.open(io.BytesIO(files[entry["path"]]))
    assert entry["box_um"] == {
        "minimum": [-image.width / 2, -image.height / 2],
        "maximum": [image.width / 2, image.height / 2],
    }


def test_levels_are_those_of_the_design(files):
    design, table = small_design(), rows(files["levels.csv"])
    assert len(table) == design.layers * 8
    for row in table:
        layer, level = int(row["layer"]), int(row["level"])
        height_um = design.height_of_level_um[layer, level]
        assert float(row["height_nm"]) == pytest.approx(height_um * 1e3)
        assert float(row["phase_rad"]) == pytest.approx(2 * np.pi * (1.5429 - 1.00027) * height_um / 0.785)
        assert float(row["area_fraction"]) == pytest.approx((design.levels[layer] == level).mean())
        used = int(row["pixels"]) > 0
        assert bool(row["png16_value"]) == used
    values = {int(row["level"]): int(row["png16_value"]) for row in table[:8] if row["png16_value"]}
    image = np.array(Image.open(io.BytesIO(files["png16/letter-layer00.png"])))[::-1]
    assert all((image[design.levels[0] == level] == value).all() for level, value in values.items())


def test_shares_of_each_layer_add_up_to_one(files):
    for layer in ("0", "1"):
        shares = [float(row["area_fraction"]) for row in rows(files["levels.csv"]) if row["layer"] == layer]
        assert sum(shares) == pytest.approx(1)


def test_layers_name_files_of_the_package(files):
    table = rows(files["layers.csv"])
    assert {row["file"] for row in table} <= set(files)
    assert {row["format"] for row in table} == {"stl", "gds", "png16", "gwl"}
    masks = [row for row in table if row["format"] == "gds" and row["optical_layer"] == "1"]
    assert [row["mask"] for row in masks] == [f"M{n}" for n in range(1, 8)]
    assert all(row["polygon_tone"] == "clear" and row["target_depth_nm"] == "100" for row in masks)
    assert all(float(row["width_um"]) == 5 and float(row["depth_um"]) == 6 for row in table)


def test_process_reads_back_as_the_one_used(files, tmp_path):
    (tmp_path / "process.toml").write_bytes(files["process.toml"])
    assert load_profile(tmp_path / "process.toml") == load_profile(PROCESS)


@pytest.mark.parametrize("name", [profile.name for profile in list_profiles()])
def test_every_profile_reads_back(name, tmp_path):
    from fabdesign.export.bundle.profile_text import profile_toml

    (tmp_path / "process.toml").write_bytes(profile_toml(load_profile(name), small_design()))
    assert load_profile(tmp_path / "process.toml") == load_profile(name)


def test_a_profile_of_ones_own_brings_its_curve(tmp_path):
    from fabdesign.export.bundle.profile_text import companion_files, profile_toml

    (tmp_path / "mine.csv").write_text("0,0\n255,1\n")
    mine = tmp_path / "mine.toml"
    mine.write_text('[profile]\nname = "mine"\nkind = "grayscale-laser"\n[dose]\ncurve_csv = "mine.csv"\n')
    profile = load_profile(mine)
    assert companion_files(profile) == {"process/mine.csv": tmp_path / "mine.csv"}
    assert b'curve_csv = "process/mine.csv"' in profile_toml(profile, small_design())
    assert str(tmp_path).encode() not in profile_toml(profile, small_design())


def test_readme_is_one_page_and_names_what_matters(files):
    text = files["README.md"].decode()
    assert len(text.splitlines()) <= 60
    for words in (
        small_design().content_hash,
        "micrometres",
        "stl/letter-layer00.stl",
        "F",
        "clear",
        "runsheet.md",
        "letter-bundle.zip",
        "8 of 8 show exactly its levels",
        "5 x 6 um",
        "785 nm",
    ):
        assert words in text


def test_runsheet_leaves_measured_and_dates_blank(files):
    steps = [
        line.split(" | ") for line in files["runsheet.md"].decode().splitlines() if line.startswith("| ")
    ]
    steps = [step for step in steps if step[0][2:].isdigit()]
    assert len(steps) > 10
    assert all(step[-1].strip(" |") == "" for step in steps)
    heights = [step for step in steps if step[3] == "height of level 2 above height 0"]
    # 10 nm of each pixel and 2 % of 200 nm, in quadrature
    assert {(step[4], step[5]) for step in heights} == {("200 nm", "± 10.8 nm")}
    assert not any("level 5" in step[3] for step in steps), "no pixel has level 5"


def test_previews_have_no_clock_and_no_program(files):
    for layer in (0, 1):
        image = Image.open(io.BytesIO(files[f"preview/layer{layer:02d}.png"]))
        assert image.size[0] > 500
        assert set(image.info) <= {"dpi"}


def test_no_path_of_the_machine_leaks(bundle, files):
    for name, data in files.items():
        assert str(bundle.parent).encode() not in data, name


def test_bytes_are_the_same_in_another_folder_and_time_zone(bundle, tmp_path):
    program = (
        "import sys; from pathlib import Path; from tests.export.packages import small_bundle\n"
        "print(small_bundle(Path(sys.argv[1])))"
    )
    environment = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(p).resolve()) for p in (".", "cli"))
    other = tmp_path / "elsewhere"
    other.mkdir()
    command = [sys.executable, "-c", program, str(other)]
    root = Path(__file__).parents[2]
    subprocess.run(command, cwd=root, env=environment, check=True, umask=0o077, stdout=subprocess.DEVNULL)
    first, second = unzipped(bundle), unzipped(other / bundle.name)
    assert [name for name in first if first[name] != second.get(name)] == []
    assert (
        hashlib.sha256(bundle.read_bytes()).digest()
        == hashlib.sha256((other / bundle.name).read_bytes()).digest()
    )


def test_existing_file_stays_unless_told(tmp_path):
    package = make_package(tmp_path / "scratch", ("stl",))
    target = tmp_path / "x.zip"
    target.write_bytes(b"mine")
    with pytest.raises(ConfigError, match="exists already"):
        write_bundle(target, package)
    assert target.read_bytes() == b"mine"
    write_bundle(target, package, overwrite=True)
    assert target.read_bytes().startswith(b"PK")


def test_nothing_is_left_of_a_failure(tmp_path, monkeypatch):
    package = make_package(tmp_path / "scratch", ("stl",))
    out = tmp_path / "out"
    out.mkdir()

    def fail(*_):
        raise FileFormatError("the disk is full")

    monkeypatch.setattr(writing, "manifest", fail)
    with pytest.raises(FileFormatError, match="disk is full"):
        write_bundle(out / "x.zip", package)
    assert list(out.iterdir()) == []
    with pytest.raises(ConfigError, match="at least one format"):
        write_bundle(out / "x.zip", Package("x", package.design, package.design_file, None, (), None))


def test_a_design_without_a_profile_has_a_package_too(tmp_path):
    full = make_package(tmp_path / "scratch", ("stl",), checked=False)
    package = Package("x", full.design, full.design_file, None, full.exported, None, ("stl",))
    write_bundle(tmp_path / "x.zip", package)
    found = unzipped(tmp_path / "x.zip")
    assert b"agree on them first" in found["runsheet.md"]
    assert json.loads(found["checks.json"]) == {"not_read_back": ["stl"], "read_back": None}


@pytest.mark.parametrize(
    ("process", "format_name"),
    [(PROCESS, "stl"), ("binary-optics-fused-silica", "gds"), ("dwl-grayscale", "gds-grey"), ("ideal", None)],
)
def test_process_suggests_a_format(process, format_name):
    assert suggested_format(load_profile(process)) == format_name


def test_exported_lists_files_in_folders(tmp_path):
    package = make_package(tmp_path, ("gwl",), checked=False)
    names = [name for name, _ in package.exported[0].files()]
    assert names == sorted(names)
    assert all(name.startswith("gwl/letter-layer0") for name in names)
    assert isinstance(package.exported[0], Exported)


def test_layers_put_together_are_one_file_and_one_print(tmp_path: Path) -> None:
    package = make_package(tmp_path, ("stl", "3mf", "nano"), assembly="stack", clearance_um=8)
    write_bundle(tmp_path / "letter-bundle.zip", package)
    files = unzipped(tmp_path / "letter-bundle.zip")
    listed = {entry["path"]: entry for entry in json.loads(files["manifest.json"])["files"]}
    for name in ("stl/letter-stack.stl", "3mf/letter-stack.3mf", "nano/letter-stack.nano"):
        entry = listed[name]
        assert entry["layers"] == [0, 1]
        x, y, z = entry["facts"]["geometry"]["size_um"]
        assert entry["box_um"] == {"minimum": [-x / 2, -y / 2, 0.0], "maximum": [x / 2, y / 2, z]}
        assert entry["facts"]["bodies"] == 1
    sheet = files["runsheet.md"].decode()
    assert sheet.count("load `stl/letter-stack.stl` and write it") == 1
    rows = [line for line in sheet.split("## 3mf")[0].splitlines() if "height of level" in line]
    assert [("on a single layer written beside" in row) for row in rows] == [True, True, False, False]
    assert "`stl/letter-stack.stl` holds all layers, put together (stack): " in files["README.md"].decode()
    verified = verify_path(tmp_path / "letter-bundle.zip")
    assert verified.findings == ()
    assert "6 layers in files name this design and show its levels in every pixel" in verified.proved


def test_a_lie_about_one_layer_of_a_stack_is_named(tmp_path: Path) -> None:
    package = make_package(tmp_path, ("stl",), assembly="stack", clearance_um=8)
    checks = json.loads(json.dumps(package.checks))
    checks["layers"][1]["changed_pixels"] = 3
    write_bundle(tmp_path / "letter-bundle.zip", replace(package, checks=checks))
    [finding] = verify_path(tmp_path / "letter-bundle.zip").findings
    assert finding.id == "bundle.checks"
    assert "changed_pixels 3" in finding.message
