"""GWL: job text for the Nanoscribe Photonic Professional, a master file and one for each writing field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.export.job.hatch import format_um, hatch_slice, line_offsets_pm, text_table
from fabdesign.export.job.options import JobOptions
from fabdesign.process.fields import Field, split_fields
from fabdesign.relief.relief import Relief
from fabdesign.relief.slice_choice import written_slice_pm
from fabdesign.relief.slicing import SlicePlan, plan_slices
from fabdesign.relief.write_time import WriteTime, write_time


@dataclass(frozen=True)
class GwlJob:
    """One layer as a job.

    Attributes:
        relief: what is printed.
        layer: which of its layers.
        options: settings.
        plan: its slices.
        fields: its writing fields.
    """

    relief: Relief
    layer: int
    options: JobOptions
    plan: SlicePlan
    fields: tuple[Field, ...]

    @property
    def offsets_pm(self) -> list[int]:
        """Where the lines of a pixel lie above its lower edge."""
        return line_offsets_pm(self.relief.pitch_pm, self.options.hatch_pm)

    @property
    def line_um(self) -> float:
        """Length of all lines."""
        slices = np.zeros(int(self.plan.level[-1]) + 1, np.int64)
        slices[list(self.plan.level)] = self.plan.count
        total = int(slices[self.relief.levels[self.layer]].sum())
        return total * len(self.offsets_pm) * self.relief.pitch_um

    @property
    def time(self) -> WriteTime:
        """An estimate of the write time."""
        return write_time(self.options.profile, line_um=self.line_um, fields=len(self.fields))

    def warnings(self) -> list[str]:
        """What a user should know before sending the job."""
        found = []
        if self.relief.pitch_pm % self.options.hatch_pm:
            found.append(
                f"The pitch of {self.relief.pitch_um:g} um is no whole number of hatches of "
                f"{format_um(self.options.hatch_pm)} um; lines are "
                f"{self.relief.pitch_um / len(self.offsets_pm):.6g} um apart instead."
            )
        if not self.plan.exact:
            worst = max(map(abs, self.plan.error_pm))
            found.append(f"Slices make heights up to {worst / 1e3:g} nm off the design.")
        return found


def plan_job(relief: Relief, layer: int, options: JobOptions) -> GwlJob:
    """Slice a layer and divide it into fields.

    Raises:
        ConfigError: two levels print alike, or a field holds no pixel.
    """
    plan = plan_slices(
        relief.height_of_level_pm[layer],
        relief.base_pm,
        options.slice_pm if options.slice_given else written_slice_pm(relief, options.slice_pm),
        planes=options.planes,
        used=np.unique(relief.levels[layer]).tolist(),
        full_turn_pm=options.full_turn_pm,
    )
    plan.check()
    fields = split_fields(relief.pixels, relief.pitch_pm, options.field_um)
    return GwlJob(relief, layer, options, plan, tuple(fields))


def job_files(job: GwlJob, master: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files of a job: name, and its text piece by piece; the master comes last.

    Args:
        job: the job.
        master: name of the master file.
    """
    for name, field in _base_files(job).items():
        yield name, _base_text(job, field, along_y=name.endswith("-y.gwl"))
    for field in job.fields:
        yield _field_name(field), _field_text(job, field)
    yield master, iter([_master_text(job).encode("ascii")])


def _along_y(job: GwlJob, number: int) -> bool:
    return job.options.hatch == "y" or (job.options.hatch == "alternate" and number % 2 == 1)


def _field_name(field: Field) -> str:
    return f"field-{field.row:03d}-{field.column:03d}.gwl"


def _base_name(field: Field, *, along_y: bool) -> str:
    size = f"{field.y[1] - field.y[0]}x{field.x[1] - field.x[0]}"
    return f"base-{size}-{'y' if along_y else 'x'}.gwl"


def _base_files(job: GwlJob) -> dict[str, Field]:
    axes = {_along_y(job, number) for number in range(job.plan.base_slices)}
    return {_base_name(field, along_y=axis): field for field in job.fields for axis in sorted(axes)}


def _tables(job: GwlJob, span: tuple[int, int], count: int) -> tuple[list[int], list[int]]:
    """Pixel borders and line positions along one axis, from the middle of a field."""
    pitch = job.relief.pitch_pm
    middle = (span[0] + span[1] - count) * pitch // 2
    borders = [k * pitch - count * pitch // 2 - middle for k in range(span[0], span[1] + 1)]
    return borders, [border + offset for border in borders[:-1] for offset in job.offsets_pm]


class _Hatcher:
    """Hatches masks of one field along x or y."""

    def __init__(self, job: GwlJob, field: Field) -> None:
        ny, nx = job.relief.pixels
        (x, x_lines), (y, y_lines) = _tables(job, field.x, nx), _tables(job, field.y, ny)
        self._x = (text_table(x), text_table(y_lines))
        self._y = (text_table(y), text_table(x_lines))

    def text(self, mask: NDArray[np.bool_], z_pm: int, *, along_y: bool) -> bytes:
        """The lines of one slice."""
        if along_y:
            return hatch_slice(np.ascontiguousarray(mask.T), *self._y, z_pm, swap=True)
        return hatch_slice(mask, *self._x, z_pm, swap=False)


def _base_text(job: GwlJob, field: Field, *, along_y: bool) -> Iterator[bytes]:
    yield b"% one slice of the base, at height 0: the master file adds the height\n"
    whole = np.ones((field.y[1] - field.y[0], field.x[1] - field.x[0]), bool)
    yield _Hatcher(job, field).text(whole, 0, along_y=along_y)


def _field_text(job: GwlJob, field: Field) -> Iterator[bytes]:
    plan = job.plan
    slices = np.zeros(max(plan.level) + 1, np.int64)
    slices[list(plan.level)] = plan.count
    count = slices[job.relief.levels[job.layer, field.y[0] : field.y[1], field.x[0] : field.x[1]]]
    hatcher = _Hatcher(job, field)
    yield f"% relief, slices {plan.base_slices} to {max(plan.count) - 1}\n".encode()
    for number in range(plan.base_slices, int(count.max())):
        z_pm = plan.offset_pm + number * plan.slice_pm
        yield hatcher.text(count > number, z_pm, along_y=_along_y(job, number))


def _master_text(job: GwlJob) -> str:
    return "\n".join([*_head(job), *_settings(job), *_body(job), ""])


def _head(job: GwlJob) -> Iterator[str]:
    relief, plan, options = job.relief, job.plan, job.options
    yield "% fabdesign GWL job: REVIEW BEFORE WRITING"
    yield f"% design {relief.content_hash}"
    yield f"% layer {job.layer:02d}/{relief.layers:02d}"
    rows, columns = relief.pixels
    yield f"% pixels {rows} rows x {columns} columns, pitch {format_um(relief.pitch_pm)} um"
    yield "% x and y from the middle of the layer; z = 0 at the bottom of the base, relief towards +z"
    yield f"% slices of {format_um(plan.slice_pm)} um, lowest line at {format_um(plan.offset_pm)} um"
    yield f"% base of {plan.base_slices} slices; slices of each level used: " + ", ".join(
        f"{level}:{count}" for level, count in zip(plan.level, plan.count, strict=True)
    )
    yield f"% {len(job.fields)} fields, {job.time.scan_s:.0f} s of writing at least"
    for item in options.review:
        yield f"% review {item}"
    yield "% review InvertZAxis, FindInterfaceAt and the sign of MoveStageX and MoveStageY on this machine"
    for warning in job.warnings():
        yield f"% note {warning}"


def _settings(job: GwlJob) -> Iterator[str]:
    yield "GalvoScanMode"
    yield "ContinuousMode"
    yield "PowerScaling 1.0"
    yield f"LaserPower {job.options.power:g}"
    yield f"ScanSpeed {job.options.speed_um_s:.10g}"
    yield "InvertZAxis 1"
    yield "XOffset 0"
    yield "YOffset 0"
    yield "ZOffset 0"
    yield "FindInterfaceAt 0.5"


def _body(job: GwlJob) -> Iterator[str]:
    at = (0, 0)
    for field in job.fields:
        yield from _move(at, field.centre_pm)
        at = field.centre_pm
        yield from _base_steps(job, field)
        yield "ZOffset 0"
        yield f"include {_field_name(field)}"
    yield from _move(at, (0, 0))


def _base_steps(job: GwlJob, field: Field) -> Iterator[str]:
    for number in range(job.plan.base_slices):
        yield f"ZOffset {format_um(job.plan.offset_pm + number * job.plan.slice_pm)}"
        yield f"include {_base_name(field, along_y=_along_y(job, number))}"


def _move(start: tuple[int, int], end: tuple[int, int]) -> Iterator[str]:
    for axis, before, after in zip("XY", start, end, strict=True):
        if before != after:
            yield f"MoveStage{axis} {format_um(after - before)}"
