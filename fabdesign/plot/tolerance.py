"""What errors do to a score, and how many copies reach it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from fabdesign.plot.figure import new_figure, styled

_MOST_ROWS = 25


@styled
def draw_sensitivities(rows: Sequence[Mapping[str, Any]], nominal: float, metric: str) -> Figure:
    """Draw the score at minus and plus the size of each error, the worst on top.

    Args:
        rows: with the keys ``name``, ``element``, ``amount``, ``unit``, ``minus`` and ``plus``.
        nominal: the score as designed.
        metric: its name.
    """
    shown = list(rows)[:_MOST_ROWS]
    figure = new_figure(7.2, 0.9 + 0.24 * len(shown))
    axes = figure.add_subplot()
    places = np.arange(len(shown))
    minus = [nominal if row["minus"] is None else row["minus"] for row in shown]
    axes.barh(places - 0.2, np.array(minus) - nominal, 0.4, left=nominal, color="tab:blue", label="- size")
    axes.barh(
        places + 0.2,
        np.array([row["plus"] for row in shown]) - nominal,
        0.4,
        left=nominal,
        color="tab:orange",
        label="+ size",
    )
    axes.axvline(nominal, color="0.2", linewidth=1)
    axes.set_yticks(
        places, [f"{row['name']}, {row['element']}: {row['amount']:g} {row['unit']}" for row in shown]
    )
    axes.invert_yaxis()
    axes.set_xlabel(metric)
    axes.legend()
    return figure


@styled
def draw_yield(result: Mapping[str, Any]) -> Figure:
    """Draw the share of copies that are at least as good as each score.

    Args:
        result: of a Monte Carlo run, with the keys ``assembled``, ``compensated``, ``spec``, ``nominal`` and
            ``metric``.
    """
    figure = new_figure(6.0, 3.6)
    axes = figure.add_subplot()
    for key, label in (("assembled", "as assembled"), ("compensated", "detectors re-centred or refocused")):
        if result[key] is not None:
            curve = np.array(result[key]["curve"])
            axes.step(curve[:, 0], curve[:, 1], where="pre", label=label)
    axes.axvline(result["spec"], color="tab:red", linestyle="--", linewidth=1, label="spec")
    axes.axvline(result["nominal"], color="0.2", linewidth=1, label="as designed")
    axes.set_xlabel(result["metric"])
    axes.set_ylabel("share of copies at least as good")
    axes.set_ylim(0, 1.02)
    axes.legend()
    return figure
