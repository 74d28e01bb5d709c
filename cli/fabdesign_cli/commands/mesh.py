"""``fabdesign mesh``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import rich_click as click

from fabdesign_cli.chips import save_matrix, show_chip_design
from fabdesign_cli.console import installed_version, say
from fabdesign_cli.meshes import show_mesh
from fabdesign_cli.options import FILE, json_option

if TYPE_CHECKING:
    from fabdesign.chip import Examples, MeshDesign

_DATA = "mnist-small"


@click.command()
@click.option(
    "--data", default=_DATA, show_default=True, help="mnist-small, a folder of IDX files, or an .npz."
)
@click.option("--side", type=click.IntRange(1, 32), default=8, show_default=True, help="Image pixels.")
@click.option("--hidden", default="24,24", show_default=True, help="Sizes of the hidden layers.")
@click.option(
    "--mesh",
    "kind",
    type=click.Choice(["reck", "clements"]),
    default="reck",
    show_default=True,
    help="Triangles or rectangles.",
)
@click.option(
    "--matrix", type=FILE, help="Make a mesh of this matrix, .npy or .csv, instead of training a network."
)
@click.option("--unitary", is_flag=True, help="With --matrix: one mesh of a unitary matrix, no USV* layer.")
@click.option(
    "--gauge",
    type=click.Choice(["short", "wide"]),
    default="short",
    show_default=True,
    help="Angles in [0, π), or over the whole turn.",
)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1),
    default=0.15,
    show_default=True,
    help="Share of rotators with a heater.",
)
@click.option("--epochs", type=click.IntRange(1), default=30, show_default=True, help="Passes over the data.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of training and heaters.")
@click.option("--out", type=FILE, default=Path("mesh.safetensors"), show_default=True, help="File to write.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@json_option
def command(
    *,
    data: str,
    side: int,
    hidden: str,
    kind: Literal["reck", "clements"],
    matrix: Path | None,
    unitary: bool,
    gauge: Literal["short", "wide"],
    alpha: float,
    epochs: int,
    seed: int,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Train a small network in software and decompose it into interferometer meshes.

    The network is a perceptron without biases whose matrices become U Σ V* layers. `fabdesign calibrate`
    deploys it onto a chip and tunes it there; `fabdesign export --gds` draws its masks. With --matrix, the
    network is one layer that multiplies by that matrix, with a gain of its largest singular value.
    """
    if out.exists() and not overwrite:
        raise click.UsageError(f"{out} exists; --overwrite replaces it.")
    if unitary and matrix is None:
        raise click.UsageError("--unitary goes with --matrix: the matrix to decompose.")
    if matrix is not None:
        save_matrix(matrix, out, kind, gauge, alpha=alpha, seed=seed, unitary=unitary)
        show_chip_design(out, as_json)
        return
    from fabdesign.chip import design_mesh, save_mesh
    from fabdesign.chip.data import load_examples
    from fabdesign.chip.pretrain import train_weights

    train, test = load_examples(data, side)
    say(f"Training a network of {side * side} inputs on {len(train)} images, {epochs} epochs.")
    weights = train_weights(train, _sizes(hidden), epochs=epochs, seed=seed)
    design = design_mesh(weights, mesh=kind, gauge=gauge, active_share=alpha, seed=seed)
    training = {"data": data, "side": side, "epochs": epochs, "data_hash": train.data_hash}
    design = _described(design, training, test)
    save_mesh(design, out)
    show_mesh(out, design, as_json)


def _described(design: MeshDesign, training: dict[str, Any], test: Examples) -> MeshDesign:
    from dataclasses import replace

    from fabdesign.chip import NO_ERRORS, SimulatedChip, accuracy

    outputs = SimulatedChip(design, NO_ERRORS).measure(test.inputs)
    scores = {
        "accuracy": accuracy(outputs, test.labels),
        "sample_count": len(test),
        "data_hash": test.data_hash,
    }
    versions = {name: installed_version(name) for name in ("fabdesign", "torch", "numpy")}
    return replace(
        design, settings={**design.settings, **training}, scores=scores, provenance={"environment": versions}
    )


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")] if text.strip() else []
    except ValueError:
        sizes = [0]
    if not all(0 < size <= 1024 for size in sizes):
        raise click.UsageError(f"--hidden must be numbers from 1 to 1024 with commas, 24,24; got {text!r}.")
    return sizes
