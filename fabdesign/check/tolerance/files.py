"""Heights in exported files, for the last stage of the attribution."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.files import check_files
from fabdesign.design import Design
from fabdesign.errors import ConfigError


def read_heights(paths: Sequence[Path], design: Design) -> NDArray[np.float64]:
    """Read the relief heights that files of one format hold; layers without a file are the design's.

    Where the files were compensated for what the print changes, the heights are those after printing.

    Args:
        paths: files of the design.
        design: what they were made from.

    Returns:
        [layer, y, x].

    Raises:
        ConfigError: files of several formats, or one that does not hold the design's pixels.
        FileFormatError: a file is unreadable.
    """
    result = check_files(paths, design, resimulate=False)
    if len(result.formats) != 1:
        raise ConfigError(
            f"the files must be of one format to be scored; got {', '.join(result.formats) or 'none'}.",
            hint="`fabdesign check` takes several formats at once.",
        )
    heights = design.height_um()
    for layer in result.layers:
        found = layer.comparison.height_um
        if found.shape != design.pixels or np.isnan(found).any():
            raise ConfigError(
                f"layer {layer.comparison.layer} in the files does not hold the design's "
                f"{list(design.pixels)} pixels.",
                hint="`fabdesign check` tells what is wrong with it.",
            )
        heights[layer.comparison.layer] = found
    return heights
