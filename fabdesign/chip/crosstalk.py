"""Heat that reaches other devices: phase = Ω · (Γ φ), with Ω sparse.

Ω has ones on its diagonal. Column j is otherwise zero unless device j is active: a passive device has no
heater, so it is a victim and never an aggressor (Gu et al., AAAI 2021, Eq. 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.layout import MeshLayout
from fabdesign.chip.physical import MeshPhysical

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEAST = 1e-7


@dataclass(frozen=True, eq=False)
class Crosstalk:
    """Ω by rows: phase_i = Σ_k weight[i, k] · drive[source[i, k]].

    Args:
        source: aggressors of each device, itself first, padded with itself, [device, k].
        weight: their shares, 1 first, padded with 0, [device, k].
    """

    source: Ints
    weight: Floats

    @cached_property
    def victims(self) -> list[Ints]:
        """The devices, ascending, that each device reaches, itself among them."""
        rows, slots = np.nonzero(self.weight)
        columns = self.source[rows, slots]
        order = np.lexsort((rows, columns))
        cuts = np.searchsorted(columns[order], np.arange(1, len(self.source)))
        return np.split(rows[order], cuts)

    def spread(self, drive: Floats, devices: Ints | slice = slice(None)) -> Floats:
        """Ω · drive for some devices.

        Args:
            drive: phase that each device would have alone, rad, [device].
            devices: the rows wanted.
        """
        spread: Floats = np.einsum("ik,ik->i", self.weight[devices], drive[self.source[devices]])
        return spread

    def dense(self) -> Floats:
        """Ω in full, [victim, aggressor]."""
        matrix = np.zeros((len(self.source), len(self.source)))
        rows = np.broadcast_to(np.arange(len(self.source))[:, None], self.source.shape)
        np.add.at(matrix, (rows, self.source), self.weight)
        return matrix


def adjacent_pairs(layout: MeshLayout) -> tuple[Ints, Ints]:
    """Pairs of devices next to each other in the layout's plan, both ways round.

    >>> from fabdesign.chip.layout import mesh_layout
    >>> len(adjacent_pairs(mesh_layout("reck", 3))[0])
    4
    """
    place = {tuple(cell): number for number, cell in enumerate(layout.grid.tolist())}
    pairs = [
        (number, place[other])
        for number, (row, column) in enumerate(layout.grid.tolist())
        for other in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
        if other in place
    ]
    victims, aggressors = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return victims, aggressors


def adjacent_crosstalk(physical: MeshPhysical, active: NDArray[np.bool_], omega: float) -> Crosstalk:
    """Crosstalk ω between direct neighbours within V* and within U; none at attenuators.

    Args:
        physical: the network.
        active: which devices have a heater, [phase].
        omega: ω, the share of an aggressor's phase that its neighbour gets.
    """
    victims, aggressors = [], []
    for layer in physical.layers:
        for layout, devices in ((layer.v, layer.v_phases), (layer.u, layer.u_phases)):
            victim, aggressor = adjacent_pairs(layout)
            victims.append(victim + devices.start)
            aggressors.append(aggressor + devices.start)
    victim, aggressor = np.concatenate(victims), np.concatenate(aggressors)
    return crosstalk_of(active, victim, aggressor, np.full(len(victim), float(omega)))


def heater_crosstalk(
    physical: MeshPhysical,
    active: NDArray[np.bool_],
    omega: float,
    *,
    pitch_um: tuple[float, float],
    decay_um: float,
    reach_um: float,
) -> Crosstalk:
    """Crosstalk from the places of the heaters: ω exp(−(d − d₀)/decay) within V* and within U.

    d₀ is the distance of the closest two devices, so ω is the largest share. Exponential decay is a common
    fit to heat in a thin oxide; take the numbers from a measurement on the process.

    Args:
        physical: the network.
        active: which devices have a heater, [phase].
        omega: ω.
        pitch_um: distance of columns in x and of ports in y.
        decay_um: distance over which the share falls to 1/e.
        reach_um: pairs farther apart are left out.
    """
    parts = [
        (layout, devices.start)
        for layer in physical.layers
        for layout, devices in ((layer.v, layer.v_phases), (layer.u, layer.u_phases))
        if layout.count > 1
    ]
    victims, aggressors, shares = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for layout, start in parts:
        place = layout.positions_um(pitch_um)
        apart = np.linalg.norm(place[:, None] - place[None, :], axis=2)
        np.fill_diagonal(apart, np.inf)
        victim, aggressor = np.nonzero(apart <= reach_um)
        victims.append(victim + start)
        aggressors.append(aggressor + start)
        shares.append(omega * np.exp(-(apart[victim, aggressor] - apart.min()) / decay_um))
    return crosstalk_of(active, np.concatenate(victims), np.concatenate(aggressors), np.concatenate(shares))


def crosstalk_of(active: NDArray[np.bool_], victim: Ints, aggressor: Ints, share: Floats) -> Crosstalk:
    """Build Ω from its elements off the diagonal, leaving out passive aggressors and shares below 1e-7.

    Args:
        active: which devices have a heater, [device].
        victim: rows of the elements, each (victim, aggressor) at most once.
        aggressor: their columns.
        share: their values.
    """
    kept = active[aggressor] & (np.abs(share) > _LEAST)
    order = np.flatnonzero(kept)[np.lexsort((aggressor[kept], victim[kept]))]
    victim, aggressor, share = victim[order], aggressor[order], share[order]
    count = len(active)
    slot = np.arange(len(victim)) - np.searchsorted(victim, victim) + 1
    width = int(slot.max(initial=0)) + 1
    source = np.repeat(np.arange(count)[:, None], width, axis=1)
    weight = np.zeros((count, width))
    weight[:, 0] = 1.0
    source[victim, slot], weight[victim, slot] = aggressor, share
    return Crosstalk(source, weight)
