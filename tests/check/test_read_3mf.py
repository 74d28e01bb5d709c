"""3MF files come back to the design's levels; what was done to one is named, and none breaks the reader."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fabdesign.check import check_files, verify_path
from fabdesign.check.readers import find_reader
from fabdesign.design import Design, save_design
from fabdesign.errors import FileFormatError
from fabdesign.export import export_design
from tests.check.devices import make_design
from tests.check.packages import repacked

VERTEX = re.compile(r'<vertex x="([^"]*)" y="([^"]*)" z="([^"]*)"/>')
MUTATIONS = 150


def export(design: Design, folder: Path, **options: str) -> list[Path]:
    save_design(design, folder / "design.safetensors")
    return list(export_design(design, folder, "3mf", options=options, overwrite=True).paths)


def found(paths, design: Design | None = None) -> list[str]:
    return [finding.id for finding in check_files(paths, design, resimulate=False).findings]


def moved(change):
    """Change the coordinates of every vertex: a function of x, y, z that gives three numbers."""

    def text(match: re.Match[str]) -> str:
        x, y, z = change(*(float(number) for number in match.groups()))
        return f'<vertex x="{x:.10g}" y="{y:.10g}" z="{z:.10g}"/>'

    return lambda model: VERTEX.sub(text, model)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    pixels=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    levels=st.integers(2, 16),
    mesh=st.sampled_from(["pixels", "merged"]),
    contacts=st.sampled_from(["split", "pulled"]),
)
def test_any_relief_comes_back(tmp_path: Path, *, seed, pixels, levels, mesh, contacts) -> None:
    design = make_design(seed, layers=1, pixels=pixels, levels=levels)
    paths = export(design, tmp_path, mesh=mesh, contacts=contacts)
    result = check_files(paths, design, resimulate=False)
    assert result.levels_identical
    assert found(paths, design) == ["model.thin-invalid"] * (not result.model["verified"])
    np.testing.assert_allclose(result.layers[0].comparison.height_um, design.height_um()[0], atol=1e-12)


def test_layers_are_told_by_their_metadata_and_the_design_is_found(tmp_path: Path) -> None:
    design = make_design(3, pixels=(8, 6))
    paths = export(design, tmp_path)
    assert all(find_reader(path).name == "3mf" for path in paths)
    result = check_files(paths[::-1], resimulate=False)
    assert [layer.comparison.layer for layer in result.layers] == [2, 1, 0]
    assert result.levels_identical
    assert result.layers[0].to_dict()["closed"]
    verification = verify_path(paths[1])
    assert verification.ok
    assert verification.kind == "3mf"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda model: model.replace('"micron"', '"millimeter"'), {"scale.uniform", "scale.unit"}),
        (lambda model: model.replace(' unit="micron"', ""), {"scale.uniform", "scale.unit"}),
        (moved(lambda x, y, z: (1e3 * x, 1e3 * y, 1e3 * z)), {"scale.uniform"}),
        (moved(lambda x, y, z: (x, y, 1.02 * z)), {"scale.height"}),
        (moved(lambda x, y, z: (-x, y, z)), {"orientation.mirrored", "geometry.inside-out"}),
        (moved(lambda x, y, z: (-y, x, z)), {"orientation.rotated"}),
        (moved(lambda x, y, z: (x, -y, -z)), {"orientation.upside-down", "orientation.turned-over"}),
        (moved(lambda x, y, z: (x, y, z + 0.003 * (x > 3) * (z > 5))), {"heights.perturbed"}),
        (moved(lambda x, y, z: (x + 7, y, z)), {"position.shifted"}),
        (lambda model: model.replace("<build><item", '<build><item transform="-1 0 0 0 1 0 0 0 1 0 0 0"'),
         {"orientation.mirrored", "geometry.inside-out"}),
        (lambda model: model.replace("</triangles>", '<triangle v1="0" v2="1" v3="2"/></triangles>'),
         {"geometry.open"}),
        (lambda model: model.replace("fabdesign:design", "fabdesign:other"), {"chain.header"}),
        (lambda model: model.replace('layer">00/03', 'layer">01/03'), {"layer.swapped"}),
    ],
)  # fmt: skip
def test_what_was_done_to_a_file_is_named(tmp_path: Path, change, names) -> None:
    design = make_design(4, pixels=(9, 9))
    path = export(design, tmp_path)[0]
    repacked(path, change)
    assert names <= set(found([path], design))


def test_unit_alone_may_differ(tmp_path: Path) -> None:
    """Saved in millimetres with its numbers divided by 1000, it is the same solid; a warning says so."""
    design = make_design(4, layers=1, pixels=(9, 9))
    path = export(design, tmp_path)[0]
    repacked(path, moved(lambda x, y, z: (x / 1e3, y / 1e3, z / 1e3)))
    repacked(path, lambda model: model.replace('"micron"', '"millimeter"'))
    result = check_files([path], design, resimulate=False)
    assert result.levels_identical
    assert "scale.unit" in found([path], design)


def test_renamed_and_damaged_files_are_told(tmp_path: Path) -> None:
    path = export(make_design(4, layers=1, pixels=(5, 5)), tmp_path)[0]
    other = tmp_path / "a.bin"
    other.write_bytes(path.read_bytes())
    assert find_reader(other).name == "3mf"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(FileFormatError, match=r"truncated|ZIP"):
        check_files([path], resimulate=False)


def test_no_mutation_goes_unseen(tmp_path: Path) -> None:
    """Bytes of the package, and of the model inside it: an error, a finding, or still the same solid."""
    design = make_design(2, layers=1, pixels=(4, 4))
    [path] = export(design, tmp_path)
    good, rng = path.read_bytes(), np.random.default_rng(0)

    def judge() -> None:
        try:
            result = check_files([path], design, resimulate=False)
        except FileFormatError:
            return
        bad = [finding for finding in result.findings if finding.id != "model.thin-invalid"]
        assert bad or result.levels_identical

    for turn in range(MUTATIONS):
        path.write_bytes(good)
        if turn % 2:
            path.write_bytes(mutate(good, rng))
        else:
            repacked(path, lambda text: mutate(text.encode(), rng).decode("utf-8", "replace"))
        judge()


def mutate(data: bytes, rng: np.random.Generator) -> bytes:
    """One of: flipped bits, a run of noise, a cut, a piece doubled."""
    changed, start = bytearray(data), int(rng.integers(len(data)))
    match rng.integers(4):
        case 0:
            changed[start] ^= 1 << int(rng.integers(8))
        case 1:
            changed[start : start + 8] = rng.bytes(8)
        case 2:
            del changed[start : start + int(rng.integers(1, 60))]
        case _:
            changed[start:start] = changed[start : start + 40]
    return bytes(changed)
