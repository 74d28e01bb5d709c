"""Masks of meshes: bytes, rules, wires, bends, tables, and clear refusals."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from klayout import db

from fabdesign.check.circuit.guides import guide_of, lanes_of
from fabdesign.check.circuit.rules import run_chip_rules
from fabdesign.chip import MeshDesign, UnitaryDesign
from fabdesign.errors import ConfigError
from fabdesign.export.circuit import export_chip
from fabdesign.export.circuit.sizes import sizes_of
from fabdesign.export.circuit.wiring import lay_wires, wire_outline
from fabdesign.process import Profile, load_profile
from tests.chip.masks import PHOTONIC, PROFILE, exported, layer, read_by_gdstk, unitary
from tests.chip.networks import small_design

CHIPS = {
    "unitary-4-clements": unitary(4),
    "unitary-4-reck": unitary(4, "reck"),
    "unitary-8-clements": unitary(8),
    "layer-4-reck": layer(4, 4, "reck", share=1.0),
    "layer-3x5-clements": layer(3, 5),
}


@pytest.fixture(scope="module", params=CHIPS)
def masks(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MeshDesign | UnitaryDesign]:
    """The GDSII file of each small chip."""
    design = CHIPS[request.param]
    return exported(design, tmp_path_factory.mktemp(request.param)).paths[0], design


def changed(**numbers: float) -> Profile:
    """The process with other numbers, by dotted keys below ``photonic`` with __ for the dot."""
    table = PROFILE.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key, value in numbers.items():
        at = table["photonic"]
        *parents, last = key.split("__")
        for part in parents:
            at = at[part]
        at[last]["value"] = value
    return Profile.model_validate(table)


def test_masks_are_clean_by_klayout(masks: tuple[Path, object]) -> None:
    assert run_chip_rules(masks[0], PHOTONIC) == []


def test_the_rules_can_be_broken(tmp_path: Path) -> None:
    """Every rule, asked for more than the chip gives, is broken where it should be."""
    path = exported(unitary(2), tmp_path).paths[0]
    limits = {
        ("width", "waveguide"): {"waveguide__min_width_um": 0.51},
        ("space", "waveguide"): {"waveguide__min_space_um": 0.25},
        ("width", "heater"): {"heater__min_width_um": 2.6},
        ("space", "metal"): {"metal__min_space_um": 6.1},
        ("space", "via"): {"via__min_space_um": 2.1},
        ("enclosure", "via"): {"heater__around_via_um": 1.6},
        ("enclosure", "pad"): {"pad__inside_um": 5.1},
    }
    for (rule, mask), numbers in limits.items():
        photonic = changed(**numbers).photonic
        assert photonic is not None
        assert {(each.rule, each.mask) for each in run_chip_rules(path, photonic)} == {(rule, mask)}


def test_klayout_finds_one_net_for_each_pad(masks: tuple[Path, Any]) -> None:
    """No wire crosses another: metal falls into as many pieces as there are pads, two for each heater."""
    layout = db.Layout()
    layout.read(str(masks[0]))

    def region(mask: str) -> db.Region:
        index = layout.find_layer(int(getattr(PHOTONIC, mask).layer.value), 0)
        return db.Region(layout.top_cell().begin_shapes_rec(index)).merged()

    heaters, metal, pads, vias = (region(mask) for mask in ("heater", "metal", "pad", "via"))
    assert metal.count() == pads.count() == 2 * heaters.count()
    assert all(metal.interacting(db.Region(heater) & vias).count() == 2 for heater in heaters.each())
    assert all(pads.interacting(db.Region(net)).count() == 1 for net in metal.each())


def test_bends_keep_the_smallest_radius(masks: tuple[Path, object]) -> None:
    """The turn of each lane's middle line over 2 µm, from the polygons that gdstk reads."""
    lanes, _ = lanes_of(guide_of(points) for points in read_by_gdstk(masks[0])["waveguide"])
    least_um = PHOTONIC.waveguide.radius_min_um.value - PHOTONIC.waveguide.width_um.value / 2
    tightest = np.inf
    for lane in lanes:
        for side in (lane.lower, lane.upper):
            steps = np.diff(side, axis=0) / 1e3
            along = np.concatenate([[0], np.cumsum(np.hypot(*steps.T))])
            at = np.arange(0, along[-1], 0.5)
            x, y = (np.interp(at, along, side[:, k] / 1e3) for k in (0, 1))
            heading = np.unwrap(np.arctan2(np.diff(y), np.diff(x)))
            turn = np.abs(heading[4:] - heading[:-4]).max()
            tightest = min(tightest, 2.0 / turn)
    assert least_um * 0.98 < tightest < 1.2 * least_um


def test_bytes_are_the_same_every_time_and_names_carry_the_hash(tmp_path: Path) -> None:
    design = layer(3, 2)
    for format in ("gds", "oasis"):
        first, second = (exported(design, tmp_path / name / format, format) for name in "ab")
        assert first.report == second.report
        for one, other in zip(first.paths, second.paths, strict=True):
            assert one.read_bytes() == other.read_bytes()
    assert first.report["layers"][0]["cell"] == f"FD_{design.content_hash[:24]}_L00"


def test_gdsii_and_oasis_hold_the_same_shapes(tmp_path: Path) -> None:
    gds, oas = (exported(unitary(3), tmp_path, format).paths[0] for format in ("gds", "oasis"))
    first, second = db.Layout(), db.Layout()
    first.read(str(gds))
    second.read(str(oas))
    for info in first.layer_infos():
        one, other = (
            db.Region(layout.top_cell().begin_shapes_rec(layout.find_layer(info.layer, info.datatype)))
            for layout in (first, second)
        )
        assert (one ^ other).is_empty(), info


def test_a_network_gives_a_file_for_each_layer_with_tables(tmp_path: Path) -> None:
    design = small_design()
    result = exported(design, tmp_path)
    names = [path.name for path in result.paths]
    assert names[:3] == [f"chip-layer{at:02d}.gds" for at in range(3)]
    assert names[3:6] == [f"chip-layer{at:02d}-gds-netlist.json" for at in range(3)]
    rows = list(csv.DictReader((tmp_path / "chip-gds-layers.csv").read_text().splitlines()))
    assert [row["mask"] for row in rows] == ["waveguide", "heater", "via", "metal", "pad"] * 3
    assert [row["gds_layer"] for row in rows[:5]] == ["1", "47", "44", "45", "46"]
    layout = db.Layout()
    layout.read(str(result.paths[0]))
    for row in rows[:5]:
        index = layout.find_layer(int(row["gds_layer"]), 0)
        region = db.Region(layout.top_cell().begin_shapes_rec(index))
        assert region.count() == int(row["polygons"])
        assert region.area() * 1e-6 == pytest.approx(float(row["area_um2"]), rel=1e-9)
    netlist = json.loads(result.paths[3].read_text())
    assert netlist["design"] == design.content_hash
    active = {heater["device"] for heater in netlist["heaters"] if heater["device"] is not None}
    first = design.physical.layers[0]
    assert active == set(np.flatnonzero(design.active[: first.u_phases.stop]).tolist())
    assert len({pad for heater in netlist["heaters"] for pad in heater["pads"]}) == 2 * len(
        netlist["heaters"]
    )
    assert all(abs(each["drawn_rad"] - each["phase_rad"]) < 1e-4 for each in netlist["built_in"])
    assert "1/0 waveguide" in (tmp_path / "chip-gds.lyp").read_text()


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"waveguide__width_um": 0.5005}, "waveguide.width_um"),
        ({"port_pitch_um": 127.001}, "port_pitch_um"),
        ({"pad__rows": 3}, "no room for wires"),
        ({"heater__length_um": 10.0}, "bend of"),
        ({"coupler__coupling_rad_per_um": 0.2}, "bends alone"),
        ({"metal__layer": 1}, "a layer of its own"),
        ({"via__layer": 127}, "a layer of its own"),
    ],
)
def test_numbers_that_do_not_fit_are_named_and_nothing_is_written(
    numbers: dict[str, float], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=expected):
        export_chip(layer(share=0.0), tmp_path / "out", "gds", profile=changed(**numbers))
    assert not (tmp_path / "out").exists()


def test_what_a_mesh_cannot_be_is_refused(tmp_path: Path) -> None:
    design = unitary(2)
    with pytest.raises(ConfigError, match="stl is for diffractive layers"):
        export_chip(design, tmp_path, "stl", profile=PROFILE)
    with pytest.raises(ConfigError, match="makes no photonic chips"):
        export_chip(design, tmp_path, "gds", profile=load_profile("ideal"))
    with pytest.raises(ConfigError, match="Unknown export option"):
        export_chip(design, tmp_path, "gds", profile=PROFILE, options={"coding": "binary"})
    exported(design, tmp_path)
    with pytest.raises(ConfigError, match="exists already"):
        exported(design, tmp_path)


def test_a_polygon_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    table = PROFILE.model_dump(mode="json", by_alias=True, exclude_none=True)
    table["limits"]["max_vertices"]["value"] = 100
    with pytest.raises(ConfigError, match="corners"):
        export_chip(unitary(2), tmp_path, "gds", profile=Profile.model_validate(table))
    assert list(tmp_path.iterdir()) == []


def test_wires_never_cross_however_crowded_the_pads_are() -> None:
    """Random starts: klayout finds every wire apart from every other by the space of the process."""
    sizes = sizes_of(PROFILE)
    width, space = sizes.even("metal.wire_um"), sizes.exactly("metal.space_um")
    random = np.random.default_rng(5)
    for density in (1, 3, 30):
        x = np.cumsum((width + space) * random.integers(1, density + 1, 80))
        wiring = lay_wires([((int(at), 0), int(at)) for at in x], sizes)
        top = (wiring.tracks + 2) * (width + space)
        drawn = db.Region()
        for wire in wiring.wires:
            line = (wire.track + 1) * (width + space)
            way = [wire.start, (wire.x, line), (wiring.pad_x(wire), line), (wiring.pad_x(wire), top)]
            drawn.insert(db.Polygon([db.Point(*map(int, point)) for point in wire_outline(way, width)]))
        assert drawn.merged().count() == len(wiring.wires)
        assert drawn.space_check(space).count() == 0
        slots = [wire.slot for wire in wiring.wires]
        assert slots == sorted(set(slots))
