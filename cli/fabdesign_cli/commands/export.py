"""``fabdesign export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.assembly import KINDS, recommend_stack, show_assembly, with_assembly
from fabdesign_cli.bundling import BUNDLE_HELP, formats_of, write_bundled
from fabdesign_cli.chips import export_chip_design, is_chip_design, refuse_for_chips
from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.designs import EXPORTS_DIR, OpenDesign, open_design, profile_of
from fabdesign_cli.findings import read_back, show_check
from fabdesign_cli.format_options import format_flag, format_option, named_formats, options_of
from fabdesign_cli.options import FILE, design_argument, json_option, length_option, runs_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fabdesign.check import CheckResult
    from fabdesign.export import ExportResult

CORNERS = {"stl": "corners pulled in", "3mf": "corners split"}
"""Formats of solids, and what they do where pixels touch along an edge."""


@click.command()
@design_argument
@format_flag("stl", "Closed binary STL solids in micrometres, one per layer.")
@format_flag("3mf", "Exact closed 3MF solids, one per layer.")
@format_flag("gds", "GDSII mask sets, one file per layer.")
@format_flag("oasis", "OASIS mask sets, one file per layer.")
@format_option
@click.option(
    "--assembly",
    type=click.Choice(KINDS),
    help="How the layers of a solid are put together.  [default: layers]",
)
@click.option("--bundle", "bundled", is_flag=True, help=BUNDLE_HELP)
@click.option(
    "-o",
    "options",
    metavar="KEY=VALUE",
    multiple=True,
    help="An option of the format (fabdesign formats NAME lists them); with several, FORMAT.KEY=VALUE.",
)
@click.option(
    "--out", type=FILE, metavar="DIR", help="Folder to write to.  [default: exports/ and the run's name]"
)
@length_option(
    "--base", "base_um", help="Thickness of the base plate.  [default: the design's, or the process's]"
)
@click.option("--process", help="Process profile, for a design of a profile of your own.")
@click.option("--no-resim", is_flag=True, help="Read the geometry back, but do not simulate it.")
@click.option("--allow-lost-levels", is_flag=True, help="Write solids though slicing them loses levels.")
@click.option(
    "--compensate",
    metavar="WHAT",
    help="What the print changes: shrinkage, bias, curve of the process, or numbers as in bias=80nm+-10nm.",
)
@click.option("--overwrite", is_flag=True, help="Replace files of the same names.")
@runs_option
@json_option
def command(
    *,
    design: Path | None,
    assembly: str | None,
    bundled: bool,
    options: tuple[str, ...],
    out: Path | None,
    base_um: float | None,
    process: str | None,
    no_resim: bool,
    allow_lost_levels: bool,
    compensate: str | None,
    overwrite: bool,
    runs_dir: Path,
    as_json: bool,
) -> int:
    """Write the files that the machine takes, read them back and re-simulate what they hold.

    DESIGN is a design file, a mesh design or a run folder; without one, the latest run is used. The answer
    is 1 if the files that were written do not hold the design. With --bundle, all formats named go into one
    ZIP with everything that a facility needs, which is written only if what is read back from them is the
    design.
    """
    formats = named_formats()
    if design is not None and is_chip_design(design):
        refuse_for_chips(
            {"--assembly": assembly, "--base": base_um, "--compensate": compensate}, allow_lost_levels
        )
        return export_chip_design(
            design,
            formats,
            options,
            out=out,
            process=process,
            bundled=bundled,
            simulate=not no_resim,
            overwrite=overwrite,
            as_json=as_json,
        )
    if not formats and not bundled:
        raise click.UsageError("Say which format to write: --stl, --3mf, --gds, --oasis, or --format NAME.")
    if len(formats) > 1 and not bundled:
        raise click.UsageError("Several formats go into one package: add --bundle, or write one at a time.")
    from fabdesign.check.readers import readable_formats
    from fabdesign.config import parse_override
    from fabdesign.export import export_design
    from fabdesign.relief.from_profile import choose_compensation

    opened = open_design(design, runs_dir)
    profile = profile_of(opened.design, process)
    asked = [parse_override(option) for option in options]
    folder = out or EXPORTS_DIR / opened.title
    compensation = None if compensate is None else choose_compensation(compensate, profile)

    def write(name: str, target: Path) -> ExportResult:
        return export_design(
            opened.design,
            target,
            name,
            stem=_stem(opened),
            profile=profile,
            base_um=base_um,
            options=with_assembly(options_of(name, asked, formats), assembly),
            overwrite=overwrite,
            allow_lost_levels=allow_lost_levels,
            compensation=compensation,
        )

    def check(files: Sequence[Path]) -> CheckResult:
        return read_back(files, opened.path, runs_dir, resimulate=not no_resim, profile=profile)

    if bundled:
        package = write_bundled(
            opened,
            folder,
            formats_of(formats, profile),
            stem=_stem(opened),
            profile=profile,
            options=asked,
            write=write,
            check=check,
            readable=readable_formats(),
            overwrite=overwrite,
        )
        package.show(as_json=as_json)
        return ExitCode.DONE if package.written else ExitCode.FINDINGS
    format_name = formats[0]
    result = write(format_name, folder)
    checked = check(result.paths)
    if as_json:
        emit_json(
            {
                "design": str(opened.path),
                "files": [str(path) for path in result.paths],
                "report": result.report,
                "check": checked.to_dict(),
            }
        )
    else:
        if not show_assembly(result):
            _show(result, format_name)
        _tell(result.report)
        recommend_stack(result)
        show_check(checked)
    return ExitCode.DONE if checked.ok else ExitCode.FINDINGS


def _stem(opened: OpenDesign) -> str:
    """How file names begin: the project's name, or the design file's."""
    return str(opened.design.provenance.get("project") or opened.path.stem)


def _show(result: ExportResult, format_name: str) -> None:
    if format_name not in CORNERS:
        result_table([(path, f"{path.stat().st_size:,}") for path in result.paths], head=("file", "bytes"))
        return
    rows = [_row(path, layer) for path, layer in zip(result.paths, result.report["layers"], strict=True)]
    result_table(rows, head=("file", "triangles", "floor", "ratio", CORNERS[format_name], "volume"))


def _tell(report: dict[str, Any]) -> None:
    """Say what the operator should set, see to, and confirm."""
    operator = [*report.get("operator", ()), *report.get("slices", {}).get("operator", ())]
    for text in [*operator, *report.get("warnings", ()), *report["compensation"]["notes"]]:
        say(text)
    if report.get("review"):
        say("\n  ".join(["Review before writing:", *report["review"]]))


def _row(path: Path, layer: dict[str, Any]) -> tuple[object, ...]:
    return (
        path,
        f"{layer['triangles']:,}",
        f"{layer['floor']:,}",
        f"{layer['triangles_per_floor']:.2f}",
        layer["corner_contacts"],
        f"{layer['volume_um3']:.6g} um³",
    )
