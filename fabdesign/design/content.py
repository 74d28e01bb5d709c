"""Hashes of what a design is: SHA-256 over names, dtypes, shapes and little-endian bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.formats import canonical_json


def hash_record(record: Any) -> str:
    """SHA-256 of a plain JSON value in its canonical form, as 64 hex digits."""
    return hashlib.sha256(canonical_json.dumps(record)).hexdigest()


def hash_arrays(arrays: Mapping[str, NDArray[Any]], record: Any = None) -> str:
    """SHA-256 of a JSON record and arrays in the order of their names, as 64 hex digits."""
    digest = hashlib.sha256(canonical_json.dumps(record))
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(canonical_json.dumps([name, little.dtype.str, list(little.shape)]))
        digest.update(little.tobytes())
    return digest.hexdigest()
