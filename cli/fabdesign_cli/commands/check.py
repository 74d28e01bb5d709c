"""``fabdesign check``."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign.units import parse_angle_rad
from fabdesign_cli.checking import checked, is_design, is_package, with_exports
from fabdesign_cli.chips import check_chip_files, check_package_of_chips, is_chip_mask
from fabdesign_cli.console import emit_json
from fabdesign_cli.findings import show_check
from fabdesign_cli.fixing import propose, show_proposal
from fabdesign_cli.options import FILE, data_option, json_option, runs_option


@click.command()
@click.argument("files", metavar="[FILE… | DESIGN]", type=FILE, nargs=-1)
@click.option("--design", "named", type=FILE, help="The design that the files were made from.")
@click.option("--process", help="Process profile to hold the design against.  [default: the design's]")
@click.option(
    "--format", "form", type=click.Choice(["sarif", "lyrdb"]), help="Also write the findings for other tools."
)
@click.option("--out", type=FILE, help="File for the findings, with --format.")
@click.option("--fix", type=FILE, help="Propose a cleaned DESIGN and write it here.")
@click.option(
    "--phase-budget",
    metavar="ANGLE",
    default="90 deg",
    show_default=True,
    help="With --fix: largest change of phase of a pixel.",
)
@click.option("--geometry", is_flag=True, help="Check the geometry only; simulate nothing.")
@data_option
@runs_option
@json_option
def command(
    *,
    files: tuple[Path, ...],
    named: Path | None,
    process: str | None,
    form: str | None,
    out: Path | None,
    fix: Path | None,
    phase_budget: str,
    geometry: bool,
    data: Path | None,
    runs_dir: Path,
    as_json: bool,
) -> int:
    """Read exported files back, compare them with their design and re-simulate what they hold.

    FILE may be of any format that export writes, several at once; tables and records beside them may be named
    too. The design is looked for beside the files and in the run folders, by the hash that each file carries.
    With a DESIGN alone, it is held against its process. Of a hand-off package, its ZIP or the folder it was
    unpacked into, the files that can be read back are. Without any argument, the exports of the latest run
    are checked. The answer is 1 if something is wrong.

    --fix never changes a design: it writes a cleaned one, which names its parent, and says what it costs.
    """
    from fabdesign.check.output import write_findings
    from fabdesign.export.bundle import with_names

    _refuse_contradictions(files, form=form, out=out, fix=fix)
    if any(is_chip_mask(file) for file in files):
        return check_chip_files(
            files, named, process=process, form=form, out=out, simulate=not geometry, as_json=as_json
        )
    if len(files) == 1 and is_package(files[0]):
        answer = check_package_of_chips(files[0], simulate=not geometry, as_json=as_json)
        if answer is not None:
            return answer
    if not files:
        files, named = with_exports(None, runs_dir)
    with checked(
        files, named, process=process, runs_dir=runs_dir, data=data, resimulate=not geometry
    ) as found:
        result, names = found.result, found.names
    proposal = None
    if fix is not None:
        budget_rad = parse_angle_rad(phase_budget, "--phase-budget")
        proposal = propose(
            files[0], fix, runs_dir, process=process, budget_rad=budget_rad, data=data, rescore=not geometry
        )
    if form is not None and out is not None:
        write_findings(result, out, form)
    if as_json:
        emit_json(
            with_names(result.to_dict(), names) | ({"proposal": proposal.to_dict()} if proposal else {})
        )
    else:
        show_check(result)
        if proposal is not None and fix is not None:
            show_proposal(proposal, fix)
    return ExitCode.DONE if result.ok else ExitCode.FINDINGS


def _refuse_contradictions(
    files: tuple[Path, ...], *, form: str | None, out: Path | None, fix: Path | None
) -> None:
    if (form is None) != (out is None):
        raise click.UsageError("--format and --out go together: a form of findings, and the file for them.")
    if fix is not None and not (len(files) == 1 and is_design(files[0]) and not is_package(files[0])):
        raise click.UsageError("--fix cleans a design: name one, and no exported files.")
