"""Reliefs by the thin and the thick model and by the exact one-way operator, beside rigorous coupled waves.

    python -m benchmarks.rigorous [--report docs/benchmarks]

Shares of the transmitted power among the orders of periodic reliefs, against grcwa. Less than a minute.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from textwrap import fill

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.rigorous.cells import Cell, rigorous_shares
from benchmarks.rigorous.one_way import TERMS, through_relief_one_way
from fabdesign.optics import Grid, build_volume, fill_of_heights, slice_edges, through_relief

Array = NDArray[np.float64]
Field = Callable[[Cell, int], torch.Tensor]
RESIN = {0.785: 1.5429, 0.6328: 1.5494}
"""IP-Dip's index by wavelength in micrometres."""
LEVELS_UM = (0.0, 0.2, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3)
"""The process levels of IP-Dip at 785 nm."""
VISIBLE_UM = (0.0, 0.1, 0.3, 0.4, 0.6, 0.7, 0.9, 1.0)
"""Those at 632.8 nm."""
LINES = ((6.0, 0.7, 20), (4.0, 1.0, 20), (3.0, 1.4, 20))
SEEDS = (0, 1, 2, 3)


def cells() -> Iterator[Cell]:
    """Lines, then random pixels."""
    for period_um, tall_um, count in LINES:
        share = 8 if period_um == 4.0 else 10
        height = np.where(np.arange(count) < share, tall_um, 0.0)[None]
        name = f"lines of {period_um * share / count:g} µm in {period_um:g} µm, {tall_um:g} µm tall"
        yield Cell(name, height, (0.0, tall_um), period_um / count, 0.785, RESIN[0.785], 41)
    for wavelength_um, pitch_um, side, levels in (
        (0.785, 1.5, 2, LEVELS_UM),
        (0.785, 0.8, 3, LEVELS_UM),
        (0.6328, 0.5, 3, VISIBLE_UM),
    ):
        for seed in SEEDS:
            height = np.array(levels)[np.random.default_rng(seed).integers(0, len(levels), (side, side))]
            name = f"{side}×{side} pixels of {pitch_um:g} µm, 8 levels, {wavelength_um * 1e3:g} nm"
            yield Cell(name, height, levels, pitch_um, wavelength_um, RESIN[wavelength_um], 121)


def thin(cell: Cell, samples: int) -> torch.Tensor:
    """A mask that multiplies by exp(iφ)."""
    height = _sampled(cell, samples)
    return torch.exp(2j * math.pi * (cell.index - 1) * height / cell.wavelength_um)[None]


def thick(slice_um: float) -> Field:
    """The wave propagation method, in slices of at most so much."""

    def field(cell: Cell, samples: int) -> torch.Tensor:
        height = _sampled(cell, samples)
        edges = slice_edges(cell.level_um, slice_um)
        volume = build_volume(
            Grid((len(height), height.shape[1]), cell.pitch_um / samples),
            edges,
            cell.wavelength_um,
            medium_index=1.0,
            material_index=cell.index,
            guard=0,
            dtype=torch.complex128,
        )
        return through_relief(_wave(height), fill_of_heights(height, edges), volume)

    return field


def one_way(cell: Cell, samples: int) -> torch.Tensor:
    """The exact one-way operator."""
    height = _sampled(cell, samples)
    edges = slice_edges(cell.level_um, 0.2)
    fill_of = fill_of_heights(height, edges)
    return through_relief_one_way(
        _wave(height),
        fill_of,
        edges,
        spacing_um=cell.pitch_um / samples,
        wavelength_um=cell.wavelength_um,
        index=cell.index,
    )


CONTENDERS: dict[str, tuple[Field, int]] = {
    "thin mask": (thin, 8),
    "thick, 2 samples, 200 nm": (thick(0.2), 2),
    "thick, 3 samples, 200 nm": (thick(0.2), 3),
    "thick, 4 samples, 100 nm": (thick(0.1), 4),
    "thick, 8 samples, 50 nm": (thick(0.05), 8),
    "one-way, 8 samples": (one_way, 8),
}
"""Each with its samples a pixel; lines, whose pixels are narrower, always take 8."""


def shares(cell: Cell, field: Field, samples: int) -> Array:
    """How the power of a field, |u|², is divided among the orders."""
    out = field(cell, samples)[0]
    power = torch.fft.fft2(out).abs().square().numpy()
    found = np.array([power[y, x] for x, y in cell.orders()])
    return np.asarray(found / found.sum())


def _sampled(cell: Cell, samples: int) -> torch.Tensor:
    along_y = 1 if cell.lines else samples
    return torch.from_numpy(cell.height_um.repeat(along_y, axis=0).repeat(samples, axis=1))


def _wave(height: torch.Tensor) -> torch.Tensor:
    return torch.ones((1, *height.shape), dtype=torch.complex128)


def measure() -> dict[str, dict[str, list[float]]]:
    """By cell and contender, the share of the power that goes to other orders, one for each seed."""
    rows: dict[str, dict[str, list[float]]] = {}
    for cell in cells():
        try:
            exact = rigorous_shares(cell)
        except ArithmeticError:
            continue
        row = rows.setdefault(cell.name, {name: [] for name in CONTENDERS})
        for name, (field, samples) in CONTENDERS.items():
            found = shares(cell, field, 8 if cell.lines else samples)
            row[name].append(float(np.abs(found - exact).sum() / 2))
    return rows


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    folder: Path = parser.parse_args().report
    torch.set_num_threads(1)
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "versions": {name: version(name) for name in ("grcwa", "numpy", "torch")},
        "seeds": list(SEEDS),
        "misplaced": measure(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rigorous.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (folder / "rigorous.md").write_text(page(result), encoding="utf-8")


def page(result: dict[str, object]) -> str:
    """Return the page as Markdown."""
    rows: dict[str, dict[str, list[float]]] = result["misplaced"]  # type: ignore[assignment]
    told = (
        "Share of the transmitted power that a model sends into other orders than rigorous coupled waves do "
        "(half the sum of the differences), for periodic reliefs of IP-Dip in air, light at right angles, "
        "from the resin. Lines: polarised along them. Pixels: mean of both polarisations, mean of "
        f"{len(SEEDS)} random cells. Where it says no more, `thick` is the wave propagation method with its "
        f"samples a pixel and its thickest slice; `one-way` sums {TERMS} polynomials of the exact scalar "
        "one-way operator in each slice, which is 64 transforms where `thick` needs 2."
    )
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())  # type: ignore[attr-defined]
    return "\n".join(
        [
            "# Reliefs beside a rigorous solver",
            "",
            fill(told, 110, break_on_hyphens=False),
            "",
            f"| relief | {' | '.join(CONTENDERS)} |",
            "|---|" + "---|" * len(CONTENDERS),
            *(
                f"| {name} | {' | '.join(f'{np.mean(row[one]):.3f}' for one in CONTENDERS)} |"
                for name, row in rows.items()
            ),
            "",
            f"{result['date']}, {versions}, seeds {', '.join(map(str, SEEDS))}. Repeat it with "
            "`python -m benchmarks.rigorous`.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
