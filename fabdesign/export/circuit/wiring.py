"""From heaters to pads on one metal: wires that never cross, because they keep the order of the pads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.export.circuit.curves import Points
from fabdesign.export.circuit.sizes import Sizes


@dataclass(frozen=True)
class Wire:
    """One wire on the upper side of the chip.

    Args:
        start: where it leaves its contact.
        x: of its way up out of the mesh.
        slot: of its pad, counted in half or whole pitches.
        track: which of the lines above the mesh it runs along; 0 is the lowest.
    """

    start: tuple[int, int]
    x: int
    slot: int
    track: int


@dataclass(frozen=True)
class Wiring:
    """All wires of the upper side, by rising x, and the sizes of its channel.

    Args:
        wires: the wires.
        tracks: how many lines there are.
        slot_pitch: distance of slots; a pad's place is its slot times this.
        rows: rows of pads; slot k lies in row k mod rows.
    """

    wires: tuple[Wire, ...]
    tracks: int
    slot_pitch: int
    rows: int

    def pad_x(self, wire: Wire) -> int:
        """Middle of a wire's pad."""
        return wire.slot * self.slot_pitch

    def pad_row(self, wire: Wire) -> int:
        """Row of a wire's pad, 0 next to the mesh."""
        return wire.slot % self.rows


def lay_wires(starts: Sequence[tuple[tuple[int, int], int]], sizes: Sizes) -> Wiring:
    """Give every wire a pad as near as the order and the pitch allow, and a line to get there.

    Args:
        starts: where each wire leaves its contact, and the x of its way up.
        sizes: the process.

    Raises:
        ConfigError: wires would not fit between the pads.
    """
    rows = int(sizes.photonic.pad.rows.value)
    slot_pitch = sizes.even("pad.pitch_um") // rows
    wire, space = sizes.even("metal.wire_um"), sizes.exactly("metal.space_um")
    _check_between(rows, slot_pitch, wire, space, sizes)
    order = sorted(starts, key=lambda each: each[1])
    x = np.array([each[1] for each in order], dtype=np.int64)
    slots = nearest_slots(x, slot_pitch)
    tracks = lines(x, slots * slot_pitch, wire + space)
    wires = tuple(
        Wire(start, at, int(slot), int(track))
        for (start, at), slot, track in zip(order, slots, tracks, strict=True)
    )
    return Wiring(wires, int(tracks.max(initial=-1)) + 1, slot_pitch, rows)


def nearest_slots(x: NDArray[np.int64], pitch: int) -> NDArray[np.int64]:
    """Different slots in the order of x, with the least sum of squared distances before rounding.

    The pool-adjacent-violators algorithm on x − k·pitch, which must not fall.

    >>> nearest_slots(np.array([0, 10, 20, 500]), 100).tolist()
    [-1, 0, 1, 5]
    """
    blocks: list[tuple[float, int]] = []
    for value in x - np.arange(len(x)) * pitch:
        mean, count = float(value), 1
        while blocks and blocks[-1][0] >= mean:
            last, size = blocks.pop()
            mean = (last * size + mean * count) / (size + count)
            count += size
        blocks.append((mean, count))
    flat = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    slots: NDArray[np.int64] = np.rint(flat / pitch).astype(np.int64) + np.arange(len(x))
    return slots


def lines(x: NDArray[np.int64], pad_x: NDArray[np.int64], clear: int) -> NDArray[np.int64]:
    """The line that each wire runs along sideways, so that none crosses another.

    Where two neighbours going right overlap, the left one runs above; going left, the right one does.

    >>> lines(np.array([0, 10, 20]), np.array([50, 60, 70]), 5).tolist()
    [2, 1, 0]
    """
    found = np.zeros(len(x), dtype=np.int64)
    for at in range(len(x) - 2, -1, -1):
        if pad_x[at] > x[at] and pad_x[at] + clear > x[at + 1]:
            found[at] = found[at + 1] + 1 if pad_x[at + 1] > x[at + 1] else 0
    for at in range(1, len(x)):
        if pad_x[at] < x[at] and pad_x[at] - clear < x[at - 1]:
            found[at] = found[at - 1] + 1 if pad_x[at - 1] < x[at - 1] else found[at]
    return found


def wire_outline(way: Sequence[tuple[int, int]], width: int) -> Points:
    """The outline of a wire along a way of steps along x and y in turn."""
    kept = _corners(way)
    half = width // 2
    right: list[tuple[int, int]] = []
    left: list[tuple[int, int]] = []
    for at, (x, y) in enumerate(kept):
        before = _direction(kept[at - 1], kept[at]) if at else _direction(kept[0], kept[1])
        after = _direction(kept[at], kept[at + 1]) if at + 1 < len(kept) else before
        side_x = -(before[1] + after[1]) if before != after else -before[1]
        side_y = before[0] + after[0] if before != after else before[0]
        left.append((x + half * side_x, y + half * side_y))
        right.append((x - half * side_x, y - half * side_y))
    return np.array([*right, *reversed(left)], dtype=np.int64)


def _corners(way: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for point in way:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _direction(kept[-2], kept[-1]) == _direction(kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _direction(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    return int(np.sign(second[0] - first[0])), int(np.sign(second[1] - first[1]))


def _check_between(rows: int, slot_pitch: int, wire: int, space: int, sizes: Sizes) -> None:
    if rows == 1:
        return
    room = 2 * slot_pitch - sizes.even("pad.size_um") if rows == 2 else 0
    if room < wire + 2 * space:
        raise ConfigError(
            f"{sizes.profile.name}: {rows} rows of pads leave no room for wires between the pads.",
            hint="Use 1 or 2 rows (pad.rows), a wider pad.pitch_um or narrower wires.",
        )
