"""Is a mesh closed? Every edge must be shared by exactly two triangles that run along it in opposite ways.

Edges become 64-bit integer keys (63 bits of hash over the numbers of both ends, one bit of direction);
sorted, a closed mesh is a list of pairs (2k, 2k + 1). Two different edges get one key with a probability of
about n²/2⁶⁵, 10⁻⁵ at ten million edges, and that would only cause a false alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.mesh_file import MeshFile

_KEYS_AT_ONCE = 25_000_000
_SHOWN = 20
_AXIS_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_END_FACTORS = np.array([0xD6E8FEB86659FD93, 0xA0761D6478BD642F], dtype=np.uint64)
_ONE = np.uint64(1)


@dataclass(frozen=True)
class EdgeReport:
    """How well the edges of a mesh close.

    Args:
        edges: different edges.
        bad: edges that do not have exactly two triangles in opposite directions.
        middles_um: middles of the first few bad edges, float64 [n, xyz].
    """

    edges: int
    bad: int
    middles_um: NDArray[np.float64]


def check_edges(file: MeshFile) -> EdgeReport:
    """Count the edges that do not have exactly two faces in opposite directions, in bounded memory."""
    parts = max(1, -(-3 * file.triangles // _KEYS_AT_ONCE))
    edges, bad = 0, [np.empty(0, np.uint64)]
    for part in range(parts):
        keys = _sorted_keys(file, part, parts)
        different, wrong = _pair_up(keys)
        edges += different
        bad.append(wrong)
    wrong_keys = np.concatenate(bad)
    return EdgeReport(edges, len(wrong_keys), _middles(file, wrong_keys[:_SHOWN]))


def _sorted_keys(file: MeshFile, part: int, parts: int) -> NDArray[np.uint64]:
    room = np.empty(3 * file.triangles, np.uint64)  # pages that stay empty take no memory
    used = 0
    for ends in file.points():
        keys = _edge_keys(ends)
        if parts > 1:
            keys = keys[(keys >> _ONE) % np.uint64(parts) == part]
        room[used : used + len(keys)] = keys
        used += len(keys)
    keys = room[:used]
    keys.sort()
    return keys


def _pair_up(keys: NDArray[np.uint64]) -> tuple[int, NDArray[np.uint64]]:
    """The number of different edges and the keys (without direction) of those that are not one pair."""
    if len(keys) % 2 == 0 and _all_paired(keys[::2], keys[1::2]):
        return len(keys) // 2, np.empty(0, np.uint64)
    undirected = keys >> _ONE
    starts = np.flatnonzero(np.diff(undirected, prepend=~undirected[:1]))
    counts = np.diff(starts, append=len(keys))
    second = np.minimum(starts + 1, len(keys) - 1)
    paired = (counts == 2) & (keys[starts] & _ONE == 0) & (keys[second] & _ONE == 1)
    return len(starts), undirected[starts[~paired]]


def _all_paired(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> bool:
    opposite = ((first & _ONE) == 0).all() and (second - first == _ONE).all()
    return bool(opposite and (first[1:] > second[:-1]).all())


def _edge_keys(ends: NDArray[np.uint64]) -> NDArray[np.uint64]:
    others = np.roll(ends, -1, axis=0)
    backwards = ends > others
    low, high = np.minimum(ends, others), np.maximum(ends, others)
    keys = _mix(low * _END_FACTORS[0] + high * _END_FACTORS[1])
    return ((keys & ~_ONE) | backwards.astype(np.uint64)).ravel()


def point_keys(corners: NDArray[np.float32]) -> NDArray[np.uint64]:
    """A number for each corner of triangles, from the exact bits of where it is.

    Args:
        corners: float32 [triangle, corner, xyz].

    Returns:
        uint64 [corner, triangle].
    """
    by_axis = np.ascontiguousarray(corners.T) + np.float32(0)  # adding zero makes -0 into +0
    x, y, z = by_axis.view(np.uint32).astype(np.uint64)
    return _mix(x * _AXIS_FACTORS[0] + y * _AXIS_FACTORS[1] + z * _AXIS_FACTORS[2])


def _mix(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a bijection that spreads all bits."""
    keys ^= keys >> np.uint64(30)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys ^= keys >> np.uint64(27)
    keys *= np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def _middles(file: MeshFile, wanted: NDArray[np.uint64]) -> NDArray[np.float64]:
    found: dict[int, NDArray[np.float64]] = {}
    if not len(wanted):
        return np.empty((0, 3))
    for ends, corners in zip(file.points(), file.corners(), strict=True):
        keys = _edge_keys(ends) >> _ONE
        points = corners.astype(np.float64)
        middles = ((points + np.roll(points, -1, axis=1)) / 2).swapaxes(0, 1).reshape(-1, 3)
        for index in np.flatnonzero(np.isin(keys, wanted)):
            found.setdefault(int(keys[index]), middles[index])
        if len(found) == len(wanted):
            break
    return np.array(list(found.values()), dtype=np.float64).reshape(-1, 3)
