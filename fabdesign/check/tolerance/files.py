"""Heights in exported files, for the last stage of the attribution."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.chain import layers_of, open_all
from fabdesign.check.compare import compare, design_base_um
from fabdesign.check.readback import read_back_stl
from fabdesign.design import Design
from fabdesign.errors import ConfigError


def read_heights(paths: Sequence[Path], design: Design) -> NDArray[np.float64]:
    """Read the relief heights that STL files hold; layers without a file are the design's.

    Args:
        paths: STL files of the design.
        design: what they were made from.

    Returns:
        [layer, y, x].

    Raises:
        ConfigError: a file does not hold the design's pixels.
        FileFormatError: a file is unreadable.
    """
    files = open_all(list(paths))
    layers, _ = layers_of(files, design)
    heights = design.height_um()
    for file, layer in zip(files, layers, strict=True):
        read = read_back_stl(file.path, design.pixels, design_base_um(design, layer))
        found = compare(read, design, layer).height_um
        if found.shape != design.pixels or np.isnan(found).any():
            raise ConfigError(
                f"{file.path} does not hold the design's {list(design.pixels)} pixels.",
                hint="`fabdesign check` tells what is wrong with it.",
            )
        heights[layer] = found
    return heights
