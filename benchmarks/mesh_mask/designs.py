"""Random meshes of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.chip import design_mesh, design_unitary, limit_singular_values
from fabdesign.chip.layout import KINDS
from fabdesign.chip.sources import ChipDesign

SHARE = 0.3


def designs(ports: list[int], seed: int) -> Iterator[tuple[str, ChipDesign]]:
    """Names and designs: a unitary matrix and a USV* layer of each size and arrangement."""
    for count in ports:
        random = np.random.default_rng([seed, count])
        matrix = random.normal(size=(count, count)) + 1j * random.normal(size=(count, count))
        unitary, _ = np.linalg.qr(matrix)
        weight = limit_singular_values(random.normal(size=(count, count)), 3.0)
        for kind in KINDS:
            yield f"unitary, {count} ports, {kind}", design_unitary(unitary, kind)
            layer = design_mesh([weight], mesh=kind, active_share=SHARE, seed=seed)
            yield f"USV\\*, {count} ports, {kind}", layer
