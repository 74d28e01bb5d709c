"""What the polygons of mesh masks do, beside their designs: by fabdesign's composition and by sax.

    python -m benchmarks.mesh_mask [--ports 4 8 16] [--report docs/benchmarks]

Each design is exported, its GDSII is read by gdstk, and the circuit recognised from the polygons alone; the
phase of each heater comes from the netlist, by the pads that its metal reaches. KLayout reads the file
by itself and runs the process's rules.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.mesh_mask.circuit import matrix_by_sax
from benchmarks.mesh_mask.designs import designs
from benchmarks.mesh_mask.read import phases_of, recognised
from fabdesign.check.circuit.extract import apart
from fabdesign.check.circuit.rules import run_chip_rules
from fabdesign.chip.sources import ChipDesign, chips_of
from fabdesign.export.circuit import DEFAULT_PROCESS, export_chip
from fabdesign.process import load_profile

SEED = 7


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ports", type=int, nargs="+", default=[4, 8, 16], help="ports of the meshes")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    rows = list(measure(arguments.ports))
    about = {
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": {name: metadata.version(name) for name in ("gdstk", "klayout", "numpy", "sax")},
        "process": DEFAULT_PROCESS,
        "seed": SEED,
        "ports": arguments.ports,
    }
    write(rows, about, arguments.report)


def measure(ports: list[int]) -> Iterator[dict[str, Any]]:
    """One row for each design."""
    for name, design in designs(ports, SEED):
        with tempfile.TemporaryDirectory() as folder:
            yield {"design": name, **_one(design, Path(folder))}


def _one(design: ChipDesign, folder: Path) -> dict[str, Any]:
    profile = load_profile(DEFAULT_PROCESS)
    photonic = profile.photonic
    assert photonic is not None
    started = time.process_time()
    result = export_chip(design, folder, "gds", stem="chip", profile=profile)
    drawn = time.process_time()
    path, report = result.paths[0], result.report["layers"][0]
    found = recognised(path, photonic)
    phase_of = phases_of(path, photonic)
    own = found.matrix(photonic, phase_of)
    read = time.process_time()
    wanted = chips_of(design).matrices[0]
    box = report["box_um"]
    return {
        "heaters": report["heaters"],
        "built_in": report["built_in"],
        "two_pads": sum(len(heater.pads) == 2 and not heater.shorted for heater in found.heaters),
        "couplers": len(found.couplers),
        "mm": [round((box["maximum"][at] - box["minimum"][at]) / 1e3, 2) for at in (0, 1)],
        "bytes": report["bytes"],
        "error": apart(own, wanted),
        "error_by_sax": apart(matrix_by_sax(found, photonic, phase_of), wanted),
        "violations": sum(each.count for each in run_chip_rules(path, photonic)),
        "export_cpu_s": round(drawn - started, 2),
        "read_cpu_s": round(read - drawn, 2),
    }


def write(rows: list[dict[str, Any]], about: dict[str, Any], folder: Path) -> None:
    """The page, and the numbers beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mesh_mask.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    ports = " ".join(map(str, about["ports"]))
    lines = [
        "# Masks of meshes",
        "",
        f"    python -m benchmarks.mesh_mask --ports {ports}",
        "",
        f"{about['machine']}; {versions}; process {about['process']}; seed {about['seed']}. Random unitary "
        "matrices, and random real matrices as USV\\* layers of which 30 % of the rotators have heaters; the "
        "other phases are built in.",
        "",
        "Each GDSII file was read by gdstk and its circuit recognised from the polygons: lanes, couplers by "
        "their gap, heaters by the lane below them and by the pads that their metal reaches. *Error* is "
        "‖S − S_design‖ / ‖S_design‖ (Frobenius) without the common phase, goal 1e-3; *by sax* the same "
        "circuit composed by sax.",
        "",
        "| mesh | heaters | with two pads | built in | couplers | chip / mm | MB | error | by sax | "
        "rules broken | export / s | read / s |",
        "| --- " * 12 + "|",
    ]
    for row in rows:
        cells = [
            row["design"], row["heaters"], row["two_pads"], row["built_in"], row["couplers"],
            " × ".join(f"{side:.1f}" for side in row["mm"]), f"{row['bytes'] / 1e6:.1f}",
            f"{row['error']:.1e}", f"{row['error_by_sax']:.1e}", row["violations"],
            row["export_cpu_s"], row["read_cpu_s"],
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    worst = max(max(row["error"], row["error_by_sax"]) for row in rows)
    lines += [
        "",
        f"The largest error is {worst:.1e}. It comes from the grid: the straight part of a coupler is a "
        "whole number of nanometres, and a built-in phase is a length on the grid. Times are seconds of "
        "CPU, one run.",
        "",
    ]
    (folder / "mesh_mask.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
