"""Draw docs/images/overview.png from a finished run: its layers, one relief, and the answers of the files.

    python docs/make_images.py demo/runs/0001-digits demo/exports/0001-digits

The confusion matrix is that of the exported files: heights are read back from the STL and simulated.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from fabdesign import Design, load_design
from fabdesign.check import read_back_stl
from fabdesign.tasks.classify import confusion
from fabdesign.training import evaluate_design

mpl.use("Agg")
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LightSource

SAMPLES = 8
LAYER_SHOWN = 1


def main(run: Path, exports: Path) -> None:
    """Read the run and the exported files, and write the picture."""
    design = load_design(run / "design.safetensors")
    files = sorted(exports.glob("*.stl"))
    base_um = next(slab.thickness_um for slab in design.physical.spaces[0] if slab.what == "base")
    heights_um = np.stack([read_back_stl(file, design.pixels, base_um).height_um for file in files])
    found = evaluate_design(design, phase_rad=design.phase_rad(heights_um))
    classes = len(design.physical.detectors)
    counts = confusion(torch.from_numpy(found.outputs), torch.from_numpy(found.labels), classes)
    figure = plt.figure(figsize=(12.6, 4.4), layout="constrained")
    left, middle, right = figure.subfigures(1, 3, width_ratios=[1.05, 1.3, 1.15])
    draw_layers(left.subplots(-(-len(files) // 2), 2), design, heights_um)
    left.suptitle("trained levels", fontsize=11)
    draw_relief(middle.add_subplot(projection="3d"), design, heights_um[LAYER_SHOWN])
    middle.suptitle(f"layer {LAYER_SHOWN} as read back from its STL", fontsize=11)
    draw_confusion(right.subplots(), counts)
    accuracy, total = found.scores["accuracy"], counts.sum()
    right.suptitle(f"answers of the files: {accuracy:.1%} of {total} right", fontsize=11)
    target = Path(__file__).parent / "images" / "overview.png"
    target.parent.mkdir(exist_ok=True)
    figure.savefig(target, dpi=110, metadata={"Software": None})


def draw_layers(axes: NDArray[np.object_], design: Design, heights_um: NDArray[np.float64]) -> None:
    """Show the height of every pixel of every layer."""
    for axis in axes.flat:
        axis.set_axis_off()
    for layer, (axis, height_um) in enumerate(zip(axes.flat, heights_um, strict=False)):
        image = axis.imshow(height_um, origin="lower", cmap="twilight", interpolation="nearest")
        axis.set_title(f"layer {layer}", fontsize=9)
    bar = axes.flat[0].figure.colorbar(image, ax=axes, shrink=0.8, label="height (µm)")
    bar.set_ticks(design.height_of_level_um[0])


def draw_relief(axis: Axes, design: Design, height_um: NDArray[np.float64]) -> None:
    """Show one relief as a shaded surface with vertical walls."""
    fine = np.kron(height_um, np.ones((SAMPLES, SAMPLES)))
    pitch_um = design.physical.pitch_um
    ny, nx = fine.shape
    x, y = np.meshgrid(np.arange(nx) * pitch_um / SAMPLES, np.arange(ny) * pitch_um / SAMPLES)
    part = (slice(0, 20 * SAMPLES), slice(0, 20 * SAMPLES))
    shaded = LightSource(azdeg=300, altdeg=40).shade(
        fine[part], cmap=plt.get_cmap("copper"), vert_exag=0.6, dx=pitch_um / SAMPLES, dy=pitch_um / SAMPLES
    )
    axis.plot_surface(
        x[part], y[part], fine[part], facecolors=shaded, rstride=1, cstride=1, linewidth=0, antialiased=False
    )
    axis.set(xlabel="x (µm)", ylabel="y (µm)", zticks=[])
    axis.set_box_aspect((1, 1, 0.09), zoom=1.3)
    axis.view_init(elev=48, azim=-60)


def draw_confusion(axis: Axes, counts: NDArray[np.int64]) -> None:
    """Show how often each digit (row) got each answer (column)."""
    axis.imshow(counts, cmap="Blues", vmin=0, vmax=counts.sum(1).max())
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if count > counts.sum(1).max() / 2 else "black"
            axis.text(column, row, count, ha="center", va="center", fontsize=8, color=colour)
    ticks = range(len(counts))
    axis.set(xticks=ticks, yticks=ticks, xlabel="brightest detector", ylabel="digit")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
