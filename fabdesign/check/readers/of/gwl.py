"""GWL jobs: a master file and the files that it includes; slices are counted pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fabdesign.check.header import HeaderTag
from fabdesign.check.read_gwl import read_gwl, tag_of_job
from fabdesign.check.readers.reading import LayerFile, PlainReading
from fabdesign.check.readers.sides import head_of
from fabdesign.design import Design

_HEAD = 4096
_MASTER = b"% fabdesign GWL job"
_PARTS = (b"% one slice of the base", b"% relief, slices ")
_SUFFIX = ".gwl"


@dataclass(frozen=True)
class GwlLayer:
    """A master file; its lines are interpreted when they are needed."""

    path: Path
    tag: HeaderTag | None
    title: str
    format: str = "gwl"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The master."""
        return (self.path,)

    def read(self, design: Design, layer: int) -> PlainReading:
        """Count the slices of every pixel of the design."""
        pitch_um = design.physical.pitch_um
        job = read_gwl(self.path, design.pixels, pitch_um)
        return PlainReading(
            format=self.format,
            paths=self.paths,
            tag=self.tag,
            thickness_um=job.thickness_um,
            pixel_um=(pitch_um, pitch_um),
            rounding_um=job.slice_um * (0.5 + 1e-9),
            rounding_source="half a slice",
            has_base=True,
            facts={"slices": len(job.z_um), "slice_um": job.slice_um, "lines": job.lines},
            findings=job.findings,
        )


class GwlReader:
    """Reads GWL jobs."""

    name = "gwl"
    formats = ("gwl",)
    suffixes = (_SUFFIX,)

    def recognises(self, path: Path) -> bool:
        """Whether a file begins as a master of fabdesign does, or as a part of a job."""
        return head_of(path, 64).startswith((_MASTER, *_PARTS))

    def open(self, paths: Sequence[Path]) -> list[LayerFile]:
        """Each master as a layer; parts are read through their master."""
        masters = [path for path in paths if not head_of(path, 64).startswith(_PARTS)]
        return [_open(path) for path in masters]


READER = GwlReader()


def _open(path: Path) -> GwlLayer:
    head = head_of(path, _HEAD)
    first = head.split(b"\n")[0].decode("ascii", "backslashreplace")
    return GwlLayer(path, tag_of_job(head), first)
