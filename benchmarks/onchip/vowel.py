"""Deterding's vowels, split as the authors' own script does: four classes, eight features, 109 test vowels.

Labels are re-ordered and the first four kept, and 70 % are drawn for training with scikit-learn's seed 42.
The paper's features come from a small network that sees the labels; here they are the eight principal
components of the ten, divided by the span from their 5th to their 95th percentile: these serve as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip import Examples

ORDER = (0, 5, 1, 6, 2, 7, 3, 4, 8, 9, 10)
FIRST_FEATURE, FEATURES = 3, 10


def vowel_examples(lines: Sequence[str], classes: int, features: int) -> tuple[Examples, Examples]:
    """Examples to train on, and examples to score on."""
    from sklearn.decomposition import PCA
    from sklearn.model_selection import train_test_split

    rows = np.array([[float(word) for word in line.split(",")] for line in lines if line and line[0] != "@"])
    labels = np.array(ORDER)[rows[:, -1].astype(int)]
    kept = labels < classes
    raw, labels = rows[kept, FIRST_FEATURE : FIRST_FEATURE + FEATURES], labels[kept]
    train, test = train_test_split(np.arange(len(raw)), train_size=0.7, random_state=42)
    found = robust(PCA(features, random_state=0).fit(raw[train]).transform(raw))
    return Examples(found[train], labels[train]), Examples(found[test], labels[test])


def robust(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centred on the median, and divided by the span from the 5th to the 95th percentile."""
    low, middle, high = np.percentile(values, (5, 50, 95), axis=0)
    return np.asarray((values - middle) / (high - low))
