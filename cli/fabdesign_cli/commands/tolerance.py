"""``fabdesign tolerance``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.console import emit_json
from fabdesign_cli.designs import open_design, profile_of
from fabdesign_cli.judging import PARTS, judge
from fabdesign_cli.options import FILE, data_option, json_option, length_option, runs_option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fabdesign.check.tolerance import Plan
    from fabdesign_cli.designs import OpenDesign


@click.command()
@click.argument("files", metavar="[DESIGN | FILE…]", type=FILE, nargs=-1)
@click.option("--design", "named", type=FILE, help="The design that the files were made from.")
@click.option(
    "--process", help="Process profile that says how large the errors are.  [default: the design's]"
)
@click.option(
    "--part",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    help="Give this answer only; can be repeated.  [default: all]",
)
@click.option(
    "--samples", type=click.IntRange(1), default=200, show_default=True, help="Random copies to score."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of everything random.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Score on so many of the first test examples.",
)
@click.option("--spec", type=float, help="Score that a copy must reach.  [default: the design's - 0.03]")
@click.option(
    "--drop", type=float, help="Loss that the inverse tolerances allow.  [default: 0.02, or 2 % of dB or rad]"
)
@click.option("--only", multiple=True, metavar="NAME", help="Consider this error; can be repeated.")
@click.option(
    "--set", "amounts", multiple=True, metavar="NAME=VALUE", help="Amount in place of the profile's."
)
@click.option(
    "--together", multiple=True, metavar="NAME,NAME", help="Errors that share their draws; -NAME reverses."
)
@click.option(
    "--model",
    type=click.Choice(["thin", "thick"]),
    help="Simulate layers as thin masks or as reliefs.  [default: as the design was made]",
)
@click.option(
    "--samples-per-pixel",
    type=click.IntRange(1, 8),
    help="Samples along the edge of a pixel.  [default: 2; 3 with the thick model]",
)
@click.option(
    "--built", type=click.Choice(("stack", "plates")), help="How the layers meet.  [default: by the profile]"
)
@length_option("--recentre", help="Re-centre the detectors of every copy, with this first step.")
@length_option("--refocus", help="Refocus the detectors of every copy, with this first step.")
@click.option(
    "--replay", type=click.IntRange(0), help="Score this one random copy again, and tell its draws."
)
@click.option("-o", "--output", type=FILE, help="Folder for results and figures.  [default: tolerance/NAME]")
@click.option("--resume", is_flag=True, help="Go on with the copies that the folder holds already.")
@click.option("--scheduler", metavar="ADDRESS", help="Score the copies on this Dask cluster.")
@data_option
@runs_option
@json_option
def command(
    *,
    files: tuple[Path, ...],
    named: Path | None,
    process: str | None,
    runs_dir: Path,
    data: Path | None,
    as_json: bool,
    replay: int | None,
    output: Path | None,
    **settings: Any,
) -> None:
    """Tell whether a design will still work when it is printed.

    Copies of the device with the errors of its process are simulated: each error alone at plus and minus its
    size, how much of each is allowed, and many random copies for the yield. With FILES the score of what they
    hold is told too. Without an argument the latest run is used.
    """
    from fabdesign_cli.tolerance_view import show_replay, show_tolerance

    opened, heights = _open(files, named, runs_dir)
    plan = _plan(opened, process, data, settings)
    if replay is not None:
        result = _replay(plan, replay)
        (emit_json if as_json else show_replay)(result)
        return
    folder = output if output is not None else Path("tolerance") / opened.title
    report = judge(
        plan,
        folder,
        parts=settings["parts"] or PARTS,
        samples=settings["samples"],
        spec=settings["spec"],
        drop=settings["drop"],
        read_back_um=heights,
        resume=settings["resume"],
        scheduler=settings["scheduler"],
    )
    if as_json:
        emit_json(report)
    else:
        show_tolerance(report)


def _open(
    files: tuple[Path, ...], named: Path | None, runs_dir: Path
) -> tuple[OpenDesign, NDArray[np.float64] | None]:
    """The design, and the heights in the files where there are any."""
    if not files:
        opened = open_design(named, runs_dir)
        return opened, None
    if len(files) == 1 and (files[0].is_dir() or files[0].suffix == ".safetensors"):
        return open_design(files[0], runs_dir), None
    from fabdesign.check.chain import find_origin
    from fabdesign.check.readers import open_files
    from fabdesign.check.tolerance.files import read_heights
    from fabdesign_cli.designs import OpenDesign

    origin = find_origin(open_files(list(files)), named, runs_dir)
    path = origin.path if origin.path is not None else files[0]
    return OpenDesign(origin.design, path), read_heights(files, origin.design)


def _plan(opened: OpenDesign, process: str | None, data: Path | None, settings: dict[str, Any]) -> Plan:
    from fabdesign.check.tolerance import Compensators, make_plan

    profile = profile_of(opened.design, process)
    if profile is None:
        raise click.UsageError("Name the process profile that says how large the errors are: --process FILE.")
    return make_plan(
        opened.design,
        profile,
        assembly=settings["built"],
        amounts=_amounts(settings["amounts"]),
        only=settings["only"] or None,
        groups=[names.split(",") for names in settings["together"]],
        compensators=Compensators(settings["recentre"] or 0.0, settings["refocus"] or 0.0),
        seed=settings["seed"],
        data=data,
        limit=settings["limit"],
        samples_per_pixel=settings["samples_per_pixel"],
        model=settings["model"],
    )


def _amounts(texts: tuple[str, ...]) -> dict[str, float]:
    amounts = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            amounts[name.strip()] = float(value)
        except ValueError:
            raise click.BadParameter(f"must be NAME=NUMBER; got {text!r}.", param_hint="--set") from None
    return amounts


def _replay(plan: Plan, sample: int) -> dict[str, Any]:
    from fabdesign.check.tolerance import run_sample, stated_plan
    from fabdesign.copies.draws import draw

    stated = stated_plan(plan)
    drawn = {
        term.name: {"amount": term.amount, "unit": term.perturbation.unit, "draws": values.tolist()}
        for term in stated.terms
        if (values := draw(term, stated.seed, sample, stated.groups)).size <= 64
    }
    return {**run_sample(stated, sample), "seed": stated.seed, "draws": drawn}
