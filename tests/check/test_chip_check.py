"""Circuits recognised in masks that another program has read, and what a changed file is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import gdstk
import numpy as np
import pytest

from fabdesign.check import check_chips, check_files, verify_path
from fabdesign.check.circuit.extract import Extracted, apart, extract
from fabdesign.check.circuit.heaters import FoundHeater
from fabdesign.chip import MeshDesign, UnitaryDesign, save_mesh, save_unitary
from fabdesign.chip.layout import KINDS, MeshKind
from fabdesign.chip.mzi import coupler
from fabdesign.chip.sources import chips_of
from fabdesign.errors import ConfigError, FileFormatError
from tests.chip.masks import PHOTONIC, exported, layer, read_by_gdstk, unitary


def recognised(path: Path) -> Extracted:
    """The circuit in a file that gdstk has read."""
    return extract(read_by_gdstk(path), PHOTONIC, 1e-3)


def phases_of(path: Path) -> Callable[[FoundHeater], float]:
    """The phase of a heater by the two pads that its metal was found to reach."""
    record = json.loads(path.with_name(f"{path.stem}-gds-netlist.json").read_text())
    inside = round(PHOTONIC.pad.inside_um.value * 1e3)
    pads = {tuple(np.rint(np.array(pad["box_um"]) * 1e3)): pad["number"] for pad in record["pads"]}
    phase = {tuple(heater["pads"]): heater["phase_rad"] for heater in record["heaters"]}

    def of(heater: FoundHeater) -> float:
        [left], [right] = heater.pads
        grown = [tuple(np.array(box) + inside * np.array([-1, -1, 1, 1])) for box in (left, right)]
        return float(phase[pads[grown[0]], pads[grown[1]]])

    return of


def saved(design: MeshDesign | UnitaryDesign, folder: Path) -> Path:
    """A design in a file."""
    path = folder / "design.safetensors"
    (save_unitary if isinstance(design, UnitaryDesign) else save_mesh)(design, path)  # type: ignore[operator]
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ports", [4, 8])
@pytest.mark.parametrize("built", [unitary, layer])
def test_what_the_polygons_do_is_what_the_design_does(
    built: Callable[..., MeshDesign | UnitaryDesign], ports: int, kind: MeshKind, tmp_path: Path
) -> None:
    design = built(ports, mesh=kind, seed=7) if built is unitary else built(ports, ports, kind, seed=7)
    path = exported(design, tmp_path).paths[0]
    found = recognised(path)
    assert (found.odd, found.tangled, found.slanted) == ([], [], [])
    made = found.matrix(PHOTONIC, phases_of(path))
    assert apart(made, chips_of(design).matrices[0]) < 3e-4
    assert all(len(heater.pads) == 2 and not heater.shorted for heater in found.heaters)


def test_sixteen_ports_still_work(tmp_path: Path) -> None:
    design = unitary(16)
    path = exported(design, tmp_path).paths[0]
    found = recognised(path)
    assert len(found.heaters) == 16 * 16
    assert apart(found.matrix(PHOTONIC, phases_of(path)), design.matrix()) < 1e-3


def test_the_matrix_depends_on_every_phase_and_on_the_shapes(tmp_path: Path) -> None:
    """The comparison can fail: a wrong phase, a wider gap or a longer lane is seen in the matrix."""
    design = unitary(3)
    path = exported(design, tmp_path).paths[0]
    phase, polygons = phases_of(path), read_by_gdstk(path)
    found = recognised(path)
    for heater in found.heaters:
        off = found.matrix(PHOTONIC, lambda each, wrong=heater: phase(each) + 0.1 * (each is wrong))
        assert 1e-3 < apart(off, design.matrix()) < 0.1
    moved = {mask: list(shapes) for mask, shapes in polygons.items()}
    longest = max(range(len(moved["waveguide"])), key=lambda at: len(moved["waveguide"][at]))
    moved["waveguide"][longest] = moved["waveguide"][longest] + np.array([0, -20])
    broken = extract(moved, PHOTONIC, 1e-3)
    assert len(broken.lanes) > len(found.lanes), "a displaced piece is connected to nothing"


def test_a_coupler_is_what_its_gap_and_length_make_it() -> None:
    """Two straight lanes side by side: κ is its value per length times the length, and falls with the gap."""
    width, length, gap = 500, 20_000, 236
    for extra_um in (0.0, 0.1):
        far = gap + round(extra_um * 1e3)
        boxes = [(0, 0, length, width), (0, width + far, length, 2 * width + far)]
        points = [np.array([[a, b], [c, b], [c, d], [a, d]]) for a, b, c, d in boxes]
        masks = {"waveguide": points, "heater": [], "via": [], "metal": [], "pad": []}
        [found] = extract(masks, PHOTONIC, 1e-3).couplers
        numbers = PHOTONIC.coupler
        kappa = numbers.coupling_rad_per_um.value * 20 * np.exp(-extra_um / numbers.decay_um.value)
        assert found.kappa_rad == pytest.approx(kappa, rel=1e-12)
        assert found.x == length / 2
        matrix = extract(masks, PHOTONIC, 1e-3).matrix(PHOTONIC, lambda _: 0.0)
        assert apart(matrix, coupler(found.kappa_rad - np.pi / 4)) < 1e-9


@pytest.mark.parametrize("format", ["gds", "oasis"])
def test_exported_masks_are_found_identical_and_their_chain_holds(format: str, tmp_path: Path) -> None:
    design = layer(3, 2)
    path = saved(design, tmp_path)
    result = exported(design, tmp_path / "out", format)
    checked = check_chips(result.paths)
    assert checked.ok, checked.findings
    assert checked.findings == ()
    assert checked.design_file == str(path)
    [chip] = checked.chips
    assert chip.identical is True
    assert chip.facts["matrix_error"] < 3e-4
    verified = verify_path(result.paths[0])
    assert (verified.ok, verified.kind, verified.design_hash) == (True, "chip", design.content_hash)
    assert len(verified.proved) == 4
    assert verify_path(path).kind == "mesh"


Change = Callable[[gdstk.Cell], None]
LAYERS = {"waveguide": 1, "heater": 47, "via": 44, "metal": 45, "pad": 46}


def shapes(cell: gdstk.Cell, mask: str) -> list[gdstk.Polygon]:
    """The polygons of a mask, without its marks."""
    return [each for each in cell.polygons if (each.layer, each.datatype) == (LAYERS[mask], 0)]


def cut_a_wire(cell: gdstk.Cell) -> None:
    cell.remove(max(shapes(cell, "metal"), key=lambda each: len(each.points)))


def drop_a_via(cell: gdstk.Cell) -> None:
    first = shapes(cell, "via")[0].bounding_box()[0]
    cell.remove(*[each for each in shapes(cell, "via") if abs(each.bounding_box()[0][0] - first[0]) < 11])


def bridge_two_pads(cell: gdstk.Cell) -> None:
    boxes = sorted((each.bounding_box() for each in shapes(cell, "pad")), key=lambda box: box[0])
    (x0, y0), (x1, y1) = boxes[0][0], boxes[1][1]
    cell.add(
        gdstk.rectangle((x0, min(y0, boxes[1][0][1])), (x1, max(y1, boxes[0][1][1])), layer=LAYERS["metal"])
    )


def widen_a_gap(cell: gdstk.Cell) -> None:
    bent = max(shapes(cell, "waveguide"), key=lambda each: len(each.points))
    points = bent.points.copy()
    inner = (
        np.abs(points[:, 1] - points[:, 1].mean()) > 0.9 * np.abs(points[:, 1] - points[:, 1].mean()).max()
    )
    points[inner & (points[:, 1] > points[:, 1].mean())] -= (0, 0.1)
    cell.remove(bent)
    cell.add(gdstk.Polygon(points, layer=LAYERS["waveguide"]))


def move_a_heater(cell: gdstk.Cell) -> None:
    for each in shapes(cell, "heater")[:3]:
        each.translate(0, 20)


def mirror(cell: gdstk.Cell) -> None:
    for each in cell.polygons:
        each.mirror((0, 1))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (cut_a_wire, {"chip.pads", "chip.missing"}),
        (drop_a_via, {"chip.pads", "chip.missing"}),
        (bridge_two_pads, {"chip.pads", "chip.missing", "chip.overlap"}),
        (widen_a_gap, {"chip.coupler"}),
        (move_a_heater, {"chip.heater", "chip.pads", "chip.missing", "chip.enclosure"}),
        (mirror, {"chip.pads", "chip.missing", "orientation.f-mark"}),
    ],
)
def test_a_changed_file_is_told_what_was_changed(change: Change, expected: set[str], tmp_path: Path) -> None:
    design = unitary(2)
    saved(design, tmp_path)
    path = exported(design, tmp_path).paths[0]
    library = gdstk.read_gds(str(path))
    change(library.top_level()[0])
    library.write_gds(str(path), max_points=8190)
    checked = check_chips([path])
    assert not checked.ok
    found = {finding.id for finding in checked.findings}
    assert found == expected | {"chip.altered", "chip.matrix"}, checked.findings


def test_merging_polygons_changes_shapes_but_not_what_they_do(tmp_path: Path) -> None:
    """Lanes merged into one polygon each, as an editor saves them, are still the same circuit."""
    design = unitary(3)
    path = exported(design, tmp_path).paths[0]
    polygons = read_by_gdstk(path)
    merged = dict(polygons)
    lanes = gdstk.boolean(
        [gdstk.Polygon(points / 1e3) for points in polygons["waveguide"]], [], "or", precision=1e-4
    )
    merged["waveguide"] = [np.rint(each.points * 1e3).astype(np.int64) for each in lanes]
    assert len(merged["waveguide"]) == 3
    made = extract(merged, PHOTONIC, 1e-3).matrix(PHOTONIC, phases_of(path))
    assert apart(made, design.matrix()) < 3e-4


def test_masks_cut_anew_by_another_program_are_the_same_masks(tmp_path: Path) -> None:
    design = unitary(3)
    saved(design, tmp_path)
    path = exported(design, tmp_path).paths[0]
    gdstk.read_gds(str(path)).write_gds(str(path), max_points=199)
    checked = check_chips([path])
    assert checked.ok
    assert [finding.id for finding in checked.findings] == ["chip.recut"]
    assert checked.chips[0].identical is False
    assert checked.chips[0].facts["matrix_error"] < 3e-4


def test_netlists_are_held_against_the_design(tmp_path: Path) -> None:
    design = unitary(2)
    saved(design, tmp_path)
    path, netlist = exported(design, tmp_path).paths[:2]
    record = json.loads(netlist.read_text())
    record["heaters"][0]["phase_rad"] += 0.5
    netlist.write_text(json.dumps(record))
    found = {finding.id for finding in check_chips([path]).findings}
    assert found == {"chip.netlist", "chip.matrix"}
    netlist.unlink()
    checked = check_chips([path])
    assert checked.ok
    assert [finding.id for finding in checked.findings] == ["chip.no-netlist"]
    netlist.write_text('{"format": "fabdesign-netlist 1.0", "heaters": [{}]}')
    with pytest.raises(FileFormatError, match="no netlist"):
        check_chips([path])


def test_the_wrong_design_process_and_reader_are_named(tmp_path: Path) -> None:
    design, other = unitary(2), unitary(2, seed=1)
    path = exported(design, tmp_path / "out").paths[0]
    with pytest.raises(ConfigError, match=r"hash .* is not in"):
        check_chips([path])
    checked = check_chips([path], saved(other, tmp_path))
    assert [finding.id for finding in checked.findings] == ["chain.other-design"]
    with pytest.raises(FileFormatError, match="the mask of a mesh"):
        check_files([path])
    broken = tmp_path / "broken.gds"
    broken.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(FileFormatError, match="cannot be read as GDSII"):
        check_chips([broken])
