"""Projects for nanoPrintX: structure as npxpy writes it, slices that keep every level, bytes, refusals."""

import hashlib
import json
import tomllib
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fabdesign.errors import ConfigError
from fabdesign.export import export_design
from fabdesign.export.job.options import parse_job_options
from fabdesign.export.nano.slices import project_slices
from fabdesign.relief import make_relief
from fabdesign.relief.slicing import planes_below
from tests.export.devices import F_SHAPE, make_design

OPTIONS = {"profile": "2pp-25x-ip-s"}
FACTS = json.loads((Path(__file__).parent / "npxpy_project.json").read_text())


def kinds(value):
    """Names of the types in a table, as in the file of facts."""
    if isinstance(value, dict):
        return {key: kinds(each) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return f"list of {len(value)}" if value and isinstance(value[0], int | float) else "list"
    return type(value).__name__


def tables(path: Path) -> dict:
    with zipfile.ZipFile(path) as archive:
        return tomllib.loads(archive.read("__main__.toml").decode())


def export(folder: Path, levels=F_SHAPE, step_um=0.2, **options):
    return export_design(
        make_design(levels, step_um=step_um), folder, "nano", options={**OPTIONS, **options}, overwrite=True
    )


def test_the_archive_has_the_files_keys_and_types_of_npxpy(tmp_path: Path) -> None:
    [path] = export(tmp_path).paths
    with zipfile.ZipFile(path) as archive:
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        main, info, mesh = archive.namelist()
        assert [main, info] == FACTS["names"][:2]
        folder, digest, file = mesh.split("/")
        assert (folder, file) == ("resources", "design-layer00.stl")
        assert hashlib.md5(archive.read(mesh)).hexdigest() == digest
        assert kinds(json.loads(archive.read(info))) == FACTS["info"]
    project = tables(path)
    [preset], [resource] = project["presets"], project["resources"]
    assert kinds(preset) == FACTS["preset"]
    assert kinds(resource) == FACTS["resource"]
    for node in project["nodes"]:
        wanted = dict(FACTS["nodes"][node["type"]])
        if node["type"] == "structure":
            wanted["properties"] = {}  # its colour, which says nothing
        assert kinds(node) == wanted


def test_nodes_form_one_line_from_the_project_to_its_structure(tmp_path: Path) -> None:
    project = tables(export(tmp_path).paths[0])
    nodes = project["nodes"]
    assert [node["type"] for node in nodes] == ["project", "scene", "interface_alignment", "structure"]
    for above, below in pairwise(nodes):
        assert above["children"] == [below["id"]]
    structure, [preset], [mesh] = nodes[-1], project["presets"], project["resources"]
    assert (structure["preset"], structure["geometry"]["resource"]) == (preset["id"], mesh["id"])
    assert len({each["id"] for each in (*nodes, preset, mesh)}) == 6


def test_the_preset_is_the_profiles_and_says_what_to_review(tmp_path: Path) -> None:
    result = export(tmp_path, power=33, hatch="alternate", substrate="FuSi")
    [preset] = tables(result.paths[0])["presets"]
    assert (preset["slicing_spacing"], preset["hatching_spacing"]) == (0.1, 0.2)
    assert (preset["writing_power"], preset["writing_speed"]) == (33.0, 250_000.0)
    assert (preset["hatching_angle"], preset["hatching_angle_increment"]) == (0.0, 90.0)
    assert (preset["valid_objectives"], preset["valid_resins"]) == (["25x"], ["IP-S"])
    assert preset["valid_substrates"] == ["FuSi"]
    with zipfile.ZipFile(result.paths[0]) as archive:
        text = archive.read("__main__.toml").decode()
    assert text.startswith("# fabdesign .nano project: REVIEW BEFORE WRITING\n# review slice_um: 0.1 in the")
    assert "# Leave simplify_mesh and enhance_mesh off" in text
    assert any("slice_um" in item for item in result.report["review"])
    assert not any("power: 50" in item for item in result.report["review"])


def test_meshes_are_not_simplified_enhanced_scaled_or_moved(tmp_path: Path) -> None:
    project = tables(export(tmp_path).paths[0])
    [mesh], structure = project["resources"], project["nodes"][-1]
    assert (mesh["simplify_mesh"], mesh["enhance_mesh"], mesh["auto_center"]) == (False, False, False)
    assert mesh["scale"] == structure["geometry"]["scale"] == [1.0, 1.0, 1.0]
    assert not any([*mesh["translation"], *mesh["rotation"], *structure["position"], *structure["rotation"]])


def test_bytes_repeat_and_the_mesh_is_the_stl(tmp_path: Path) -> None:
    first, second = export(tmp_path / "a"), export(tmp_path / "b")
    assert first.paths[0].read_bytes() == second.paths[0].read_bytes()
    assert first.report == second.report
    stl = export_design(make_design(F_SHAPE, step_um=0.2), tmp_path / "c", "stl").paths[0]
    with zipfile.ZipFile(first.paths[0]) as archive:
        assert archive.read(archive.namelist()[2]) == stl.read_bytes()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["design-layer00.nano"]


@pytest.mark.parametrize("base_um", [5.0, 5.05, 5.025, 4.97])
def test_both_rules_for_the_first_plane_print_every_level(base_um: float) -> None:
    relief = make_relief(make_design(np.arange(8).reshape(2, 4), step_um=0.2, base_um=base_um))
    slices = project_slices(relief, [0], [0], parse_job_options(OPTIONS))
    assert slices.slice_pm == 100_000
    for first_pm in (slices.offset_pm, slices.offset_pm + 50_000):
        counts = [
            planes_below(relief.base_pm + height, slices.slice_pm, first_pm)
            for height in relief.height_of_level_pm[0].tolist()
        ]
        assert np.diff(counts).tolist() == [2] * 7
        rest = [(relief.base_pm - first_pm) % 100_000]
        assert all(20_000 <= each <= 80_000 for each in rest)


def test_slices_that_fit_are_chosen_and_those_that_lose_levels_refused(tmp_path: Path) -> None:
    [preset] = tables(export(tmp_path, step_um=0.18).paths[0])["presets"]
    assert preset["slicing_spacing"] == 0.09
    with pytest.raises(ConfigError, match="print alike"):
        export(tmp_path / "none", step_um=0.18, slice_um=0.8)
    assert not (tmp_path / "none").exists()


def test_a_stack_is_one_project_whose_slices_hold_for_all_layers(tmp_path: Path) -> None:
    layers = np.stack([F_SHAPE, F_SHAPE[::-1]])
    result = export(tmp_path, layers, assembly="stack", clearance_um=5)
    assert [path.name for path in result.paths] == ["design-stack.nano"]
    assert [layer["layer"] for layer in result.report["slices"]["layers"]] == [0, 1]
    assert all(layer["exact"] for layer in result.report["slices"]["layers"])
    assert result.report["solid"]["mesh_file"].endswith("design-stack.stl")
    assert [entry["file"] for entry in result.report["layers"]] == ["design-stack.nano"] * 2


def test_a_machine_that_takes_no_projects_is_said(tmp_path: Path) -> None:
    other = export(tmp_path, profile="2pp-63x-ip-dip")
    assert "process 2pp-63x-ip-dip lists stl, gwl; nano is not among them." in other.report["warnings"]
    assert not any("not among" in text for text in export(tmp_path).report["warnings"])


def test_a_print_beyond_the_field_is_said(tmp_path: Path) -> None:
    large = export(tmp_path, np.tile(F_SHAPE, (1, 210)))
    assert any("nanoPrintX splits it" in text for text in large.report["warnings"])
    assert not any("splits" in text for text in export(tmp_path).report["warnings"])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"profile": "dwl-grayscale"}, "two-photon"),
        ({"slice": 0.1}, "Unknown export option 'slice'"),
        ({"substrate": "glass"}, "'substrate' must be one of"),
        ({"post_um": 3}, "belongs to layers put together"),
        ({"mesh": "voxels"}, "'mesh' must be one of"),
        ({"field_um": 100}, "Unknown export option 'field_um'"),
    ],
)
def test_wrong_options_are_refused_and_nothing_is_written(tmp_path: Path, bad: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        export(tmp_path / "none", **bad)
    assert not list(tmp_path.iterdir())
