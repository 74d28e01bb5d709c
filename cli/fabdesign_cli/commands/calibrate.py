"""``fabdesign calibrate``."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.calibrating import calibration_progress
from fabdesign_cli.console import say
from fabdesign_cli.meshes import show_calibration
from fabdesign_cli.options import FILE, json_option

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fabdesign.chip import Calibrated, ErrorModel, Examples, MeshDesign, SimulatedChip


@click.command()
@click.argument("design", type=FILE, default=Path("mesh.safetensors"))
@click.option(
    "--learner", help="How to tune; see the manual.  [default: szo-scd on a chip, physics-aware on a print]"
)
@click.option(
    "-o", "options", metavar="KEY=VALUE", multiple=True, help="An option of the learner: -o pruning=1."
)
@click.option(
    "--queries", type=click.IntRange(1), help="The budget.  [default: 12000 on a chip, 50 or 600 on a print]"
)
@click.option(
    "--chip-seed", type=click.IntRange(0), default=0, show_default=True, help="Which simulated chip or print."
)
@click.option(
    "--error",
    "errors",
    metavar="KEY=VALUE",
    multiple=True,
    help="How chips or prints err: --error omega=0.005, --error layer-shift=0.4.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of batches and draws.")
@click.option("--data", help="Images to learn from.  [default: those of the design]")
@click.option(
    "--out", type=FILE, default=Path("calibration.safetensors"), show_default=True, help="File to write."
)
@click.option(
    "--zones", default="6x6", show_default=True, help="Rows x columns of a print's tunable element."
)
@click.option(
    "--frames", type=click.IntRange(1), default=24, show_default=True, help="Pictures of a print's camera."
)
@click.option("--recentre", is_flag=True, help="Put a print's detectors where its pictures show they belong.")
@click.option(
    "--reprint", type=int, metavar="LAYER", help="Design this layer of a print anew; -1 is the last."
)
@click.option("--process", help="Process profile of a print.  [default: the design's]")
@click.option("--resume", "resumed", is_flag=True, help="Go on from the checkpoint beside the file.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@json_option
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    *,
    design: Path,
    learner: str | None,
    options: tuple[str, ...],
    queries: int | None,
    chip_seed: int,
    errors: tuple[str, ...],
    seed: int,
    data: str | None,
    out: Path,
    resumed: bool,
    overwrite: bool,
    as_json: bool,
    quiet: bool,
    **of_print: Any,
) -> None:
    """Deploy a design and tune the device by measurements alone: a chip's heaters, or a print's element.

    The device is simulated, with the errors of one seed. Learning sees only what it shows: commanded phases
    in, detected outputs out. Ctrl-C saves a checkpoint, and --resume goes on with it; a larger --queries also
    goes on with a finished calibration.

    A diffractive DESIGN is a print with a tunable element at the object and a camera as detector. --recentre
    places the detectors first; --reprint estimates the print's errors and designs one layer anew for it.
    """
    if out.exists() and not (overwrite or resumed):
        raise click.UsageError(f"{out} exists; --overwrite replaces it.")
    from fabdesign.formats.container import container_kind

    if design.is_dir() or container_kind(design) == "design":
        from fabdesign_cli.prints import calibrate_print

        with _stopped_as_by_ctrl_c():
            calibrate_print(
                design,
                learner=learner,
                options=_numbers(options, "-o"),
                queries=queries,
                print_seed=chip_seed,
                errors=_numbers(errors, "--error"),
                seed=seed,
                data=data,
                out=out,
                resumed=resumed,
                as_json=as_json,
                quiet=quiet,
                **of_print,
            )
        return
    learner, queries = learner or "szo-scd", queries or 12_000
    from fabdesign.chip import (
        Plan,
        SimulatedChip,
        calibrate,
        load_calibration,
        load_mesh,
        save_calibration,
    )
    from fabdesign.chip.learners import Situation, make_learner

    mesh = load_mesh(design)
    plan = Plan(learner=learner, options=_numbers(options, "-o"), queries=queries, seed=seed)
    make_learner(learner, Situation(int(mesh.active.sum()), mesh), plan.options)
    chip = SimulatedChip(mesh, _model(errors), chip_seed)
    train, test = _examples(mesh, data)
    say(f"Calibrating {chip.phase_count} heaters of {design} on simulated chip {chip_seed}.")
    with _stopped_as_by_ctrl_c(), calibration_progress(plan, quiet) as listener:
        result = calibrate(
            chip,
            mesh.phase_rad[mesh.active],
            train,
            plan,
            outputs=mesh.physical.sizes[-1],
            design=mesh,
            checkpoint=out.with_name(f"{out.stem}-checkpoint.safetensors"),
            resume=resumed,
            listen=listener,
        )
    about = {"kind": "simulated", "seed": chip.seed, "errors": chip.model.to_json()}
    save_calibration(result, mesh, plan, out, instrument=about, scores={"test": _scores(result, chip, test)})
    show_calibration(out, load_calibration(out), as_json)


def _scores(result: Calibrated, chip: SimulatedChip, test: Examples) -> dict[str, Any]:
    from fabdesign.chip import accuracy

    def score(phases: NDArray[np.float64]) -> float:
        chip.set_phases(phases)
        return accuracy(chip.measure(test.inputs), test.labels)

    start = chip.design.phase_rad[chip.design.active]
    scored = {"before": score(start), "best": score(result.best_rad), "last": score(result.last_rad)}
    return {**scored, "sample_count": len(test), "data_hash": test.data_hash}


def _examples(mesh: MeshDesign, data: str | None) -> tuple[Examples, Examples]:
    from fabdesign.chip.data import load_examples
    from fabdesign.errors import ConfigError

    source, side = data or mesh.settings.get("data"), mesh.settings.get("side")
    inputs = mesh.physical.sizes[0]
    side = side if isinstance(side, int) else round(inputs**0.5)
    if side * side != inputs or not isinstance(source, str):
        raise ConfigError(
            f"The design must say which images it takes; it has {inputs} inputs and names {source!r}.",
            hint="Name the images with --data; the network needs a square number of inputs.",
        )
    return load_examples(source, side)


def _model(errors: tuple[str, ...]) -> ErrorModel:
    from fabdesign.chip import ErrorModel
    from fabdesign.errors import ConfigError

    known = {field.name: field.default for field in fields(ErrorModel)}
    given: dict[str, Any] = {}
    for name, text in _pairs(errors, "--error"):
        default = known.get(name)
        if not isinstance(default, float | int | str):
            names = ", ".join(key for key, value in known.items() if isinstance(value, float | int | str))
            raise ConfigError(f"--error has no {name!r}.", hint=f"Known: {names}.")
        given[name] = text if isinstance(default, str) else type(default)(_number(name, text, "--error"))
    return ErrorModel(**given)


def _numbers(options: tuple[str, ...], where: str) -> dict[str, object]:
    return {name: _number(name, text, where) for name, text in _pairs(options, where)}


def _pairs(options: tuple[str, ...], where: str) -> Iterator[tuple[str, str]]:
    for option in options:
        name, equals, text = option.partition("=")
        if not equals:
            raise click.UsageError(f"{where} takes KEY=VALUE; got {option!r}.")
        yield name.strip(), text.strip()


def _number(name: str, text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise click.UsageError(f"{where} {name} must be a number; got {text!r}.") from None


@contextlib.contextmanager
def _stopped_as_by_ctrl_c() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does: save and stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
