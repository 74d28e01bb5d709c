"""The levels: their heights and phases, and how much of each layer lies at each."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fabdesign.plot import draw_level_histograms
from fabdesign.report.blocks import Block, Cell, Section, Table, Text, number
from fabdesign.report.pictures import chart
from fabdesign.report.subject import Subject

_MOST_ROWS = 400


def levels(subject: Subject) -> Section:
    """A histogram for each layer, and the table of levels."""
    design = subject.design
    count = design.height_of_level_um.shape[1]
    shares = np.array([np.bincount(layer.ravel(), minlength=count) / layer.size for layer in design.levels])
    titles = [f"layer {layer}" for layer in range(design.layers)]
    heights, phases = design.height_of_level_um, design.phase_rad(design.height_of_level_um)
    figure = draw_level_histograms(shares, heights, phases, titles=titles)
    alt = f"Share of the area at each of {count} heights, one panel for each of {design.layers} layers."
    blocks: list[Block] = [chart(figure, alt, true_colours=True), _table(heights, phases, shares)]
    used = count * design.layers
    if used > _MOST_ROWS:
        blocks.append(Text(f"The table shows {_MOST_ROWS} of {used} levels, those with the most area."))
    lead = (
        f"A full turn of phase is {1000 * design.physical.full_turn_um:.5g} nm high here. "
        "Colours are phases, the same on every picture."
    )
    return Section("levels", "Levels", blocks, lead)


def _table(heights: NDArray[np.float64], phases: NDArray[np.float64], shares: NDArray[np.float64]) -> Table:
    same = bool((heights == heights[0]).all())
    if same:
        head = ("level", "height (nm)", "phase (rad)", *(f"layer {n}" for n in range(len(shares))))
        rows = [
            [*_level(level, heights[0, level], phases[0, level]), *(_share(one) for one in shares[:, level])]
            for level in range(heights.shape[1])
        ]
    else:
        head = ("layer", "level", "height (nm)", "phase (rad)", "share of the area")
        rows = [
            [
                Cell(str(layer), layer),
                *_level(level, float(heights[layer, level]), float(phases[layer, level])),
                _share(share),
            ]
            for layer, one in enumerate(shares.tolist())
            for level, share in enumerate(one)
        ]
    if len(rows) > _MOST_ROWS:
        most = np.argsort(-(shares.sum(axis=0) if same else shares.ravel()), kind="stable")[:_MOST_ROWS]
        rows = [rows[int(place)] for place in sorted(most)]
    return Table("Levels, and the share of the area at each", head, rows)


def _level(level: int, height_um: float, phase_rad: float) -> list[Cell]:
    return [
        Cell(str(level), level),
        number(1000 * height_um, ".6g"),
        number(phase_rad % (2 * math.pi), ".4f"),
    ]


def _share(share: float) -> Cell:
    return Cell(f"{share:.1%}", float(share), share=float(share)) if share else Cell("0", 0.0)
