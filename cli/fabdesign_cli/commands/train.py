"""``fabdesign train``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.options import FILE, data_option, json_option, runs_option
from fabdesign_cli.progress import training_progress
from fabdesign_cli.scores import score_rows

if TYPE_CHECKING:
    from fabdesign.config import LoadedProject
    from fabdesign.training import Ranks, TrainResult


@click.command()
@click.argument("config", type=FILE, required=False)
@click.option(
    "-o", "overrides", metavar="KEY=VALUE", multiple=True, help="Replace a setting: -o optics.layers=5."
)
@runs_option
@click.option("--name", help="Name of the run.  [default: the project's]")
@click.option(
    "--resume", "resumed", type=FILE, metavar="RUN", help="Go on with an interrupted run, bit for bit."
)
@data_option
@click.option("--device", help="Where to compute: cpu, cuda or mps.  [default: the project's]")
@json_option
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    *,
    config: Path | None,
    overrides: tuple[str, ...],
    runs_dir: Path,
    name: str | None,
    resumed: Path | None,
    data: Path | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train a project's layers on the levels that its process can make.

    CONFIG is a TOML file or a folder with a fabdesign.toml; without one, the fabdesign.toml of this folder is
    used, or the built-in digits project where there is none. Ctrl-C saves a checkpoint. With
    `torchrun --nproc-per-node 4 -m fabdesign_cli train …` several processes train together.
    """
    from fabdesign.training import joined_ranks

    if resumed is not None and (config or overrides or name or data or device):
        raise click.UsageError("--resume goes on with the settings of its run; no other setting applies.")
    given = {"name": name, "train.device": device}
    shorthand = [f"{key}={json.dumps(value)}" for key, value in given.items() if value is not None]
    with joined_ranks() as ranks:
        quiet = quiet or not ranks.leads
        if resumed is None:
            result = _train(
                _load(config, [*overrides, *shorthand], silent=not ranks.leads), runs_dir, data, quiet, ranks
            )
        else:
            result = _resume(resumed, quiet, ranks)
        if ranks.leads:
            _show(result, as_json)


def _load(config: Path | None, overrides: list[str], *, silent: bool) -> LoadedProject:
    from fabdesign.config import CONFIG_NAME, load_project

    loaded = load_project(config, overrides)
    if silent:
        return loaded
    nothing_here = config is None and loaded.source != CONFIG_NAME
    say(
        f"Project: {loaded.source}" + (f" (there is no {CONFIG_NAME} in this folder)" if nothing_here else "")
    )
    for override in loaded.overrides:
        say(f"  -o {override}")
    return loaded


def _train(
    loaded: LoadedProject, runs_dir: Path, data: Path | None, quiet: bool, ranks: Ranks
) -> TrainResult:
    from fabdesign.training import train

    with training_progress(quiet) as listener:
        return train(loaded, runs_dir, data=data, listen=listener, ranks=ranks)


def _resume(run: Path, quiet: bool, ranks: Ranks) -> TrainResult:
    from fabdesign.training import resume

    with training_progress(quiet) as listener:
        return resume(run, listen=listener, ranks=ranks)


def _show(result: TrainResult, as_json: bool) -> None:
    design = result.design
    if as_json:
        emit_json(
            {
                "run": str(result.run),
                "design": str(result.design_path),
                "content_hash": design.content_hash,
                "scores": dict(design.scores),
            }
        )
    else:
        result_table(
            [
                ("design", result.design_path),
                ("content hash", design.content_hash),
                *score_rows(design.scores),
            ]
        )
