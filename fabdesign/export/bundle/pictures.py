"""One picture of each layer: levels in the colour of their phase, a scale bar, and an F to read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.export.bundle.content import PREVIEWS, Package


def preview_name(layer: int) -> str:
    """Name of a layer's picture.

    >>> preview_name(3)
    'preview/layer03.png'
    """
    return f"{PREVIEWS}/layer{layer:02d}.png"


def previews(package: Package) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each layer's picture."""
    from fabdesign.plot import draw_level_map, render  # noqa: PLC0415  (brings matplotlib)

    design = package.design
    for layer, levels in enumerate(design.levels):
        figure = draw_level_map(
            levels,
            np.asarray(design.phase_rad(design.height_of_level_um[layer])),
            pitch_um=design.physical.pitch_um,
            title=f"{package.name}, layer {layer}\nseen from the relief side (+z)",
        )
        yield preview_name(layer), render(figure)
