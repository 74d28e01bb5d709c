"""``fabdesign export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.designs import EXPORTS_DIR, OpenDesign, open_design, profile_of
from fabdesign_cli.findings import read_back, show_check
from fabdesign_cli.options import FILE, design_argument, json_option, length_option, runs_option

if TYPE_CHECKING:
    from fabdesign.export import ExportResult

CORNERS = {"stl": "corners pulled in", "3mf": "corners split"}
"""Formats of solids, and what they do where pixels touch along an edge."""


@click.command()
@design_argument
@click.option(
    "--stl", "format_name", flag_value="stl", help="Closed binary STL solids in micrometres, one per layer."
)
@click.option("--3mf", "format_name", flag_value="3mf", help="Exact closed 3MF solids, one per layer.")
@click.option("--gds", "format_name", flag_value="gds", help="GDSII mask sets, one file per layer.")
@click.option("--oasis", "format_name", flag_value="oasis", help="OASIS mask sets, one file per layer.")
@click.option("--format", "format_name", metavar="NAME", help="Another format by its name.")
@click.option("-o", "options", metavar="KEY=VALUE", multiple=True, help="An option of the format.")
@click.option(
    "--out", type=FILE, metavar="DIR", help="Folder to write to.  [default: exports/ and the run's name]"
)
@length_option(
    "--base", "base_um", help="Thickness of the base plate.  [default: the design's, or the process's]"
)
@click.option("--process", help="Process profile, for a design of a profile of your own.")
@click.option("--no-resim", is_flag=True, help="Read the geometry back, but do not simulate it.")
@click.option("--allow-lost-levels", is_flag=True, help="Write solids though slicing them loses levels.")
@click.option("--overwrite", is_flag=True, help="Replace files of the same names.")
@runs_option
@json_option
def command(
    *,
    design: Path | None,
    format_name: str | None,
    options: tuple[str, ...],
    out: Path | None,
    base_um: float | None,
    process: str | None,
    no_resim: bool,
    allow_lost_levels: bool,
    overwrite: bool,
    runs_dir: Path,
    as_json: bool,
) -> int:
    """Write the files that the machine takes, read them back and re-simulate what they hold.

    DESIGN is a design file or a run folder; without one, the latest run is used. The answer is 1 if the files
    that were written do not hold the design.
    """
    if format_name is None:
        raise click.UsageError("Say which format to write: --stl, --3mf, --gds, --oasis, or --format NAME.")
    from fabdesign.check.readers import readable_formats
    from fabdesign.config import parse_override
    from fabdesign.export import export_design

    opened = open_design(design, runs_dir)
    profile = profile_of(opened.design, process)
    result = export_design(
        opened.design,
        out or EXPORTS_DIR / opened.title,
        format_name,
        stem=_stem(opened),
        profile=profile,
        base_um=base_um,
        options={".".join(option.location): option.value for option in map(parse_override, options)},
        overwrite=overwrite,
        allow_lost_levels=allow_lost_levels,
    )
    checked = (
        read_back(result.paths, opened.path, runs_dir, resimulate=not no_resim, profile=profile)
        if format_name in readable_formats()
        else None
    )
    if as_json:
        emit_json(
            {
                "design": str(opened.path),
                "files": [str(path) for path in result.paths],
                "report": result.report,
                "check": checked.to_dict() if checked else None,
            }
        )
    else:
        _show(result, format_name)
        for advice in result.report.get("slices", {}).get("operator", []):
            say(advice)
        if checked:
            show_check(checked)
        else:
            say(f"fabdesign has no reader of {format_name} files: nothing above is proved from their bytes.")
    return ExitCode.DONE if checked is None or checked.ok else ExitCode.FINDINGS


def _stem(opened: OpenDesign) -> str:
    """How file names begin: the project's name, or the design file's."""
    return str(opened.design.provenance.get("project") or opened.path.stem)


def _show(result: ExportResult, format_name: str) -> None:
    if format_name not in CORNERS:
        result_table([(path, f"{path.stat().st_size:,}") for path in result.paths], head=("file", "bytes"))
        return
    rows = [_row(path, layer) for path, layer in zip(result.paths, result.report["layers"], strict=True)]
    result_table(rows, head=("file", "triangles", "floor", "ratio", CORNERS[format_name], "volume"))


def _row(path: Path, layer: dict[str, Any]) -> tuple[object, ...]:
    return (
        path,
        f"{layer['triangles']:,}",
        f"{layer['floor']:,}",
        f"{layer['triangles_per_floor']:.2f}",
        layer["corner_contacts"],
        f"{layer['volume_um3']:.6g} um³",
    )
