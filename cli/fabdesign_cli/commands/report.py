"""``fabdesign report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.judging import PARTS
from fabdesign_cli.options import FILE, data_option, json_option, runs_option
from fabdesign_cli.reporting import Asked, report_on_device, report_on_mesh

if TYPE_CHECKING:
    from fabdesign.report import Report

REPORTS_DIR = Path("reports")
"""Where pages go."""


@click.command()
@click.argument("files", metavar="[DESIGN | RUN | FILE… | BUNDLE]", type=FILE, nargs=-1)
@click.option("--design", "named", type=FILE, help="The design that the files were made from.")
@click.option("--process", help="Process profile to hold the design against.  [default: the design's]")
@click.option("--geometry", is_flag=True, help="Simulate nothing: no scores, no tolerances.")
@click.option(
    "--tolerance", "results", type=FILE, help="Result of `fabdesign tolerance`.  [default: tolerance/NAME]"
)
@click.option("--no-tolerance", is_flag=True, help="Leave the tolerances out.")
@click.option(
    "--part",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    help="Compute this part anew; can be repeated.",
)
@click.option("--samples", type=click.IntRange(1), help="Compute anew, with so many random copies.")
@click.option("--limit", type=click.IntRange(1), help="Compute anew, on so many of the first test examples.")
@click.option("--seed", type=click.IntRange(0), help="Compute anew, with this seed.")
@click.option("--title", help="Heading of the page.  [default: name of the run or file]")
@click.option("-o", "--output", type=FILE, help="The page.  [default: reports/NAME.html]")
@data_option
@runs_option
@json_option
def command(
    *,
    files: tuple[Path, ...],
    named: Path | None,
    process: str | None,
    geometry: bool,
    results: Path | None,
    no_tolerance: bool,
    parts: tuple[str, ...],
    samples: int | None,
    limit: int | None,
    seed: int | None,
    title: str | None,
    output: Path | None,
    data: Path | None,
    runs_dir: Path,
    as_json: bool,
) -> int:
    """Write one HTML page on what will be printed, and whether it will work.

    Without an argument it is about the latest run and its exports; else about a design, a run with its
    exports, exported files, or a hand-off package. The page needs nothing from outside: mail it, print it,
    keep it. What `fabdesign tolerance` found before is taken from tolerance/NAME; else it is computed, and
    kept there. The answer is 1 if the check failed; the page is written all the same. For a network of
    meshes it tells what the record holds.
    """
    asked = Asked(
        named=named,
        process=process,
        simulate=not geometry,
        data=data,
        runs_dir=runs_dir,
        results=results,
        tolerances=not (no_tolerance or geometry),
        parts=parts,
        samples=samples,
        limit=limit,
        seed=seed,
        title=title,
    )
    _refuse_contradictions(asked)
    name, report = report_on_mesh(files, asked) or report_on_device(files, asked)
    return _tell(report, output or REPORTS_DIR / f"{name}.html", as_json=as_json)


def _refuse_contradictions(asked: Asked) -> None:
    if asked.results is not None and (asked.anew or not asked.tolerances):
        raise click.UsageError(
            "--tolerance takes a result as it is; leave out --no-tolerance, --geometry, --part, --samples, "
            "--limit and --seed."
        )
    if asked.anew and not asked.tolerances:
        raise click.UsageError(
            "--part, --samples, --limit and --seed compute tolerances: no --no-tolerance or --geometry then."
        )


def _tell(report: Report, path: Path, *, as_json: bool) -> int:
    from fabdesign.report import write_report

    written = write_report(report, path)
    if as_json:
        emit_json({"report": str(path), **written._asdict(), "numbers": report.numbers})
    else:
        result_table([("report", path), *((key, f"{value}") for key, value in written._asdict().items())])
    failed = report.numbers.get("verdict") == "FAILED"
    if failed:
        say("The check failed; the page tells why.")
    return ExitCode.FINDINGS if failed else ExitCode.DONE
