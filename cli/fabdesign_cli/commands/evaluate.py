"""``fabdesign evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign_cli.console import emit_json, result_table
from fabdesign_cli.designs import open_design
from fabdesign_cli.options import data_option, design_argument, json_option, length_option, runs_option
from fabdesign_cli.scores import evaluation_rows

if TYPE_CHECKING:
    from fabdesign.network import Model


@click.command()
@design_argument
@data_option
@click.option(
    "--samples-per-pixel",
    type=click.IntRange(1, 8),
    default=2,
    show_default=True,
    help="Samples along the edge of a pixel.",
)
@click.option(
    "--model",
    type=click.Choice(["thin", "thick"]),
    help="How the layers act on the light.  [default: as in training]",
)
@length_option("--slice", "slice_um", help="Thickest slice of the thick model.  [default: as in training]")
@runs_option
@json_option
def command(
    *,
    design: Path | None,
    data: Path | None,
    samples_per_pixel: int,
    model: Model | None,
    slice_um: float | None,
    runs_dir: Path,
    as_json: bool,
) -> None:
    """Score a design again, from its levels and heights alone.

    DESIGN is a design file or a run folder; without one, the latest run is used.
    """
    opened = open_design(design, runs_dir)
    from fabdesign.design.metrics import headline_of
    from fabdesign.training import evaluate_design

    evaluation = evaluate_design(
        opened.design, data, samples_per_pixel, model=model, slice_um=slice_um
    ).to_json()
    if as_json:
        emit_json({"design": str(opened.path), "content_hash": opened.design.content_hash, **evaluation})
    else:
        readout = opened.design.physical.readout
        metric = headline_of("argmax" if readout is None else readout.kind)
        result_table([("design", opened.path), *evaluation_rows(evaluation, metric)])
