"""Draw docs/images/stack.png from a stack's STL: a cut through the middle, and one gap seen from above.

fabdesign export sample_designs/digits-785nm/design.safetensors --stl --assembly stack --out out
python docs/make_stack_image.py sample_designs/digits-785nm/design.safetensors out/digits-stack.stl
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from fabdesign import load_design
from fabdesign.check.assembly import parse_assembly, read_assembly
from fabdesign.check.assembly.columns import Columns, read_columns
from fabdesign.check.assembly.frame import lattice_over, stack_box
from fabdesign.check.solid import survey
from fabdesign.check.stl_file import open_stl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes


def main(design_file: Path, stl: Path) -> None:
    """Read the file back, and draw what it holds."""
    design, file = load_design(design_file), open_stl(stl)
    tag = parse_assembly(file.header)
    if tag is None:
        raise SystemExit(f"{stl} is no stack")
    layers = read_assembly(file, tag, design).layers
    solid = survey(file)
    pitch_um = design.physical.pitch_um
    lattice, _ = lattice_over(stack_box(solid), design.pixels, pitch_um, stl)
    columns = read_columns(file, lattice)
    figure, (side, above) = plt.subplots(1, 2, figsize=(9, 4.6), width_ratios=[1, 1.25], layout="constrained")
    draw_cut(side, columns, pitch_um, design.pixels[1])
    for layer in layers:
        side.annotate(f"layer {layer.layer}", (0, layer.plane_um + 4), ha="center", fontsize=7)
    draw_above(above, columns, pitch_um, (layers[0].plane_um + layers[1].bottom_um) / 2)
    target = Path(__file__).parent / "images" / "stack.png"
    figure.savefig(target, dpi=90, metadata={"Software": None})


def draw_cut(axes: Axes, columns: Columns, pitch_um: float, aperture: int) -> None:
    """The material in the row of pixels through a post, and behind it that of the middle row."""
    ny, nx = columns.shape
    x = (np.arange(nx) - nx / 2) * pitch_um
    for row, colour in ((ny - 4, "0.8"), (ny // 2, "tab:blue")):
        for bottom, top in zip(columns.bottom_um[:, row], columns.top_um[:, row], strict=True):
            axes.bar(x, top - bottom, pitch_um, bottom, align="edge", color=colour, linewidth=0)
    half = aperture * pitch_um / 2
    for edge in (-half, half):
        axes.axvline(edge, color="tab:red", linewidth=0.7, linestyle=":")
    axes.set(xlabel="x / µm", ylabel="z / µm", title="cut: middle row, and posts (grey)", aspect="equal")


def draw_above(axes: Axes, columns: Columns, pitch_um: float, height_um: float) -> None:
    """What lies below a height, seen from above: relief, clearance, frame and posts."""
    below = np.where(columns.bottom_um < height_um, np.minimum(columns.top_um, height_um), -np.inf)
    top = np.nan_to_num(below, nan=-np.inf).max(axis=0)
    ny, nx = columns.shape
    extent = (-nx * pitch_um / 2, nx * pitch_um / 2, -ny * pitch_um / 2, ny * pitch_um / 2)
    base = float(np.median(top[:, nx // 2]))
    image = axes.imshow(top - base, origin="lower", extent=extent, cmap="viridis", vmin=-0.5, vmax=5.5)
    axes.figure.colorbar(image, ax=axes, label="height above the base / µm, posts cut off")
    axes.set(xlabel="x / µm", ylabel="y / µm", title="layer 0 from above")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
