"""From the lines of a GWL job back to slices per pixel; nothing is shared with the exporter.

Includes, offsets and stage moves are followed. Every command that is not known is refused: it could move what
follows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.finding import Finding, error
from fabdesign.check.header import HeaderTag
from fabdesign.errors import FileFormatError

Floats = NDArray[np.float64]

MOST_BYTES = 2**31
"""Largest job, all files together."""
MOST_STEPS = 1_000_000
MOST_DEPTH = 8
MOST_CELLS = 2**28
"""Most pixels times slices."""
_CHUNK = 1 << 20
_TOLERANCE_UM = 1e-4

_NUMBER = rb"[-+]?(?:\d{1,12}\.?\d{0,12}|\.\d{1,12})"
_POINTS = re.compile(
    rb"(?:[ \t]*+(?:%s[ \t]++%s[ \t]++%s|Write)?[ \t]*+\r?\n)*+" % (_NUMBER, _NUMBER, _NUMBER)
)
_COMMAND = re.compile(rb"[ \t]*+([A-Za-z]\w*)(?:[ \t]++([^\r\n]*?))?[ \t]*+\r?\n")
_COMMENT = re.compile(rb"[ \t]*+%[^\n]*\n")
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}\.gwl\Z")
_DESIGN = re.compile(rb"^% design ([0-9a-f]{64})\r?$", re.M)
_LAYER = re.compile(rb"^% layer (\d{2,3})/(\d{2,3})\r?$", re.M)
_SETTINGS = frozenset(
    [
        "GalvoScanMode",
        "PiezoScanMode",
        "ContinuousMode",
        "PulsedMode",
        "PowerScaling",
        "LaserPower",
        "ScanSpeed",
        "GalvoAcceleration",
        "PiezoSettlingTime",
        "GalvoSettlingTime",
        "StageVelocity",
        "InvertZAxis",
        "FindInterfaceAt",
        "MessageOut",
        "TimeStampOn",
    ]
)


@dataclass(frozen=True, eq=False)
class GwlReadBack:
    """What the lines of a job write.

    Args:
        path: the master file.
        slices: how many slices hold each pixel, int [y, x].
        z_um: height of each slice's lines, ascending.
        lines: how many lines there are.
        findings: what is wrong with the lines.
    """

    path: Path
    slices: NDArray[np.int64]
    z_um: Floats
    lines: int
    findings: tuple[Finding, ...]

    @property
    def slice_um(self) -> float:
        """Distance of the slices; 0 where there is only one."""
        return float(np.median(np.diff(self.z_um))) if len(self.z_um) > 1 else 0.0

    @property
    def thickness_um(self) -> Floats:
        """Slices times their distance at each pixel, [y, x]."""
        thickness: Floats = self.slices * np.float64(self.slice_um)
        return thickness


@dataclass
class _State:
    """Where the interpreter is, and what has been written so far."""

    folder: Path
    pixels: tuple[int, int]
    pitch_um: float
    offset: Floats = field(default_factory=lambda: np.zeros(3))
    stage: Floats = field(default_factory=lambda: np.zeros(2))
    cover: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    steps: int = 0
    lines: int = 0
    bytes: int = 0
    stray: int = 0


def read_gwl(path: str | os.PathLike[str], pixels: tuple[int, int], pitch_um: float) -> GwlReadBack:
    """Interpret a GWL job and count the slices of each pixel.

    Args:
        path: the master file; files that it includes lie beside it.
        pixels: (ny, nx).
        pitch_um: side of a pixel.

    Raises:
        FileFormatError: unreadable, cut off, an unknown command, a file elsewhere, or more than a job can be.
    """
    master = Path(path)
    state = _State(master.parent, pixels, pitch_um)
    text = _text(state, master.name, master.name)
    _run(state, text, master.name, 0)
    if not state.cover:
        raise FileFormatError(f"{master} writes nothing.", hint="Export the design again.")
    slices, findings = _count(state)
    return GwlReadBack(
        path=master,
        slices=slices,
        z_um=np.array(sorted(state.cover), np.float64) * _TOLERANCE_UM,
        lines=state.lines,
        findings=tuple(finding.at(file=str(master)) for finding in findings),
    )


def tag_of_job(text: bytes) -> HeaderTag | None:
    """Design and layer by the comments of a master; None where fabdesign did not write it."""
    design, layer = _DESIGN.search(text), _LAYER.search(text)
    if not design or not layer or int(layer[1]) >= int(layer[2]):
        return None
    return HeaderTag(design[1][:32].decode(), int(layer[1]), int(layer[2]))


def _text(state: _State, name: str, origin: str) -> bytes:
    if name in state.texts:
        return state.texts[name]
    if not _SAFE_NAME.match(name):
        raise FileFormatError(
            f"{origin} includes {name!r}; an included file must be a .gwl beside the master.",
            hint="Export the design again.",
        )
    file = state.folder / name
    try:
        if file.is_symlink():
            raise FileFormatError(f"{file} is a link; a job must be plain files.")
        state.bytes += file.stat().st_size
        if state.bytes > MOST_BYTES:
            raise FileFormatError(f"{file} makes the job larger than {MOST_BYTES} bytes.")
        state.texts[name] = file.read_bytes()
    except OSError as refused:
        raise FileFormatError(
            f"{file} cannot be read: {refused.strerror}.", hint="Check the path."
        ) from refused
    return state.texts[name]


def _run(state: _State, text: bytes, name: str, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise FileFormatError(f"{name} includes files more than {MOST_DEPTH} deep.")
    at = 0
    while at < len(text):
        state.steps += 1
        if state.steps > MOST_STEPS:
            raise FileFormatError(f"{name} takes more than {MOST_STEPS} steps.")
        points = _POINTS.match(text, at)
        if points and points.end() > at:
            _write(state, text[at : points.end()], name)
            at = points.end()
        elif comment := _COMMENT.match(text, at):
            at = comment.end()
        elif command := _COMMAND.match(text, at):
            _obey(state, command[1].decode(), (command[2] or b"").decode("latin-1"), name, depth)
            at = command.end()
        else:
            line = text[at : at + 60].split(b"\n")[0]
            raise FileFormatError(
                f"{name} is cut off or damaged at {line!r}.", hint="Export the design again."
            )


def _obey(state: _State, command: str, value: str, name: str, depth: int) -> None:
    axis = (
        "XYZ".find(command[-1])
        if command.startswith("MoveStage")
        else "XYZ".find(command.removeprefix("Add")[:1])
    )
    if command == "include":
        _run(state, _text(state, value, name), value, depth + 1)
    elif command in ("XOffset", "YOffset", "ZOffset"):
        state.offset[axis] = _number(value, command, name)
    elif command in ("AddXOffset", "AddYOffset", "AddZOffset"):
        state.offset[axis] += _number(value, command, name)
    elif command in ("MoveStageX", "MoveStageY"):
        state.stage[axis] += _number(value, command, name)
    elif command not in _SETTINGS:
        raise FileFormatError(f"{name} holds the command {command!r}, which is not known.")


def _number(value: str, command: str, name: str) -> float:
    if not re.fullmatch(_NUMBER.decode(), value):
        raise FileFormatError(f"{name}: {command} must be followed by a number; got {value[:40]!r}.")
    return float(value)


def _write(state: _State, text: bytes, name: str) -> None:
    if not text.strip():
        return
    if not text.rstrip().endswith(b"Write"):
        raise FileFormatError(
            f"{name} holds points without a Write after them.", hint="Export the design again."
        )
    for piece in _pieces(text):
        table = np.array(piece.replace(b"Write", b"nan nan nan").split(), dtype=np.float64).reshape(-1, 3)
        table[:, :2] += state.stage
        _cover(state, table + state.offset, name)


def _pieces(text: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(text):
        end = text.find(b"Write", min(at + _CHUNK, len(text)))
        end = len(text) if end < 0 else end + 5
        yield text[at:end]
        at = end


def _cover(state: _State, points: Floats, name: str) -> None:
    ends = np.isnan(points[:, 0])
    joined = ~ends[1:] & ~ends[:-1]
    start, stop = points[:-1][joined], points[1:][joined]
    state.lines += len(start)
    across = np.abs(stop - start) <= _TOLERANCE_UM
    if not (across[:, 2] & (across[:, 0] ^ across[:, 1])).all():
        raise FileFormatError(f"{name} holds lines that are not along x or y in a slice.")
    heights = np.rint(start[:, 2] / _TOLERANCE_UM).astype(np.int64)
    for height in np.unique(heights):
        here = heights == height
        for axis in (0, 1):
            chosen = here & across[:, 1 - axis]
            if chosen.any():
                _add(state, int(height), axis, start[chosen], stop[chosen])


def _add(state: _State, height: int, axis: int, start: Floats, stop: Floats) -> None:
    """Count lines along an axis in the pixels of a slice."""
    shape = state.pixels if axis == 0 else state.pixels[::-1]
    half = np.array(shape) * state.pitch_um / 2
    ends = np.sort(np.stack([start[:, axis], stop[:, axis]]), axis=0) + half[1]
    first, end = np.rint(ends / state.pitch_um).astype(np.int64)
    row = np.floor((start[:, 1 - axis] + half[0]) / state.pitch_um).astype(np.int64)
    inside = (row >= 0) & (row < shape[0]) & (first >= 0) & (end <= shape[1])
    off = np.abs(ends - np.stack([first, end]) * state.pitch_um).max(axis=0) > 10 * _TOLERANCE_UM
    state.stray += int(np.count_nonzero(~inside | off))
    keep = inside & (end > first)
    wide = shape[1] + 1
    size = shape[0] * wide
    change = np.bincount(row[keep] * wide + first[keep], minlength=size)
    change -= np.bincount(row[keep] * wide + end[keep], minlength=size)
    lines = change.reshape(shape[0], wide).cumsum(axis=1)[:, :-1]
    if height not in state.cover:
        if (len(state.cover) + 1) * shape[0] * shape[1] > MOST_CELLS:
            raise FileFormatError(f"The job has more than {MOST_CELLS} pixels in all its slices.")
        state.cover[height] = np.zeros(state.pixels, np.int32)
    state.cover[height] += (lines if axis == 0 else lines.T).astype(np.int32)


def _count(state: _State) -> tuple[NDArray[np.int64], list[Finding]]:
    """Slices of each pixel; a pixel counts in a slice that holds all of its lines."""
    slices = np.zeros(state.pixels, np.int64)
    partial = hanging = 0
    full = int(max(cover.max() for cover in state.cover.values()))
    for number, height in enumerate(sorted(state.cover)):
        cover = state.cover[height]
        written = 2 * cover >= full
        partial += int(np.count_nonzero((cover != 0) & (cover != full)))
        hanging += int(np.count_nonzero(written & (slices != number)))
        slices += written
    return slices, [*_findings(state.stray, partial, hanging), *_uneven(sorted(state.cover))]


def _findings(stray: int, partial: int, hanging: int) -> Iterator[Finding]:
    if stray:
        yield error(
            "job.stray", f"{stray} lines end off the pixel borders or outside the layer.", count=stray
        )
    if partial:
        yield error(
            "job.partial", f"{partial} pixels of slices lack lines or are written twice.", count=partial
        )
    if hanging:
        yield error("job.hanging", f"{hanging} pixels of slices hang over a gap.", count=hanging)


def _uneven(heights: list[int]) -> Iterator[Finding]:
    steps = np.diff(heights)
    if len(steps) and int(steps.max() - steps.min()) > 10:
        yield error("job.uneven", "The slices are not evenly spaced.", count=int(np.unique(steps).size))
