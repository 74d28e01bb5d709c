"""Dose planes: a grey value as eight exposures of doubling dose, one one-bit image each."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from fabdesign.errors import ConfigError
from fabdesign.export.grey.compose import Page, make_pages, warnings_of
from fabdesign.export.grey.exporter import layer_report, shared_report
from fabdesign.export.grey.options import CONTEXT, GreyOptions, number, parse_dose_options
from fabdesign.export.grey.table import cell, levels_csv
from fabdesign.export.registry import Report
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.raster import Kind, Plane, RasterRecord, write_bits
from fabdesign.formats.raster.encode import BitFormat
from fabdesign.formats.written import measure
from fabdesign.relief import Relief

PLANES = 8
KIND: Kind = "dose-planes"
_FULL_PERCENT = 100.0
_TITLES = ("layer", "exposure", "bit", "file", "dose_percent", "pixels", "area_fraction", "sha256")


class DosePlanesExporter:
    """One-bit images, white where exposed; together the exposures give each pixel the dose of its grey."""

    context: tuple[str, ...] = CONTEXT

    def __init__(self, name: str, summary: str, image: BitFormat) -> None:
        self.name, self.summary, self._image = name, summary, image
        self._suffix = image.lower()

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        _parse(options)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The planes of each layer, bit 0 first; then the records, the table of doses and that of levels."""
        stems = [f"{relief.name}-layer{layer:02d}" for layer in range(relief.layers)]
        planes = [f"{stem}-bit{bit}.{self._suffix}" for stem in stems for bit in range(PLANES)]
        records = [f"{stem}-{self._suffix}-planes.json" for stem in stems]
        tables = [f"{relief.name}-{self.name}{table}.csv" for table in ("", "-levels")]
        return tuple(folder / name for name in (*planes, *records, *tables))

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        chosen, lsb_percent = _parse(options)
        pages = make_pages(relief, chosen, PLANES, KIND, percent_per_grey=lsb_percent)
        beside, (doses, levels) = paths[PLANES * relief.layers : -2], paths[-2:]
        with contextlib.ExitStack() as stack:
            streams = {path: stack.enter_context(atomic_file(path, "w+b")) for path in paths}
            records = []
            for page, path in zip(pages, beside, strict=True):
                own = paths[PLANES * page.record.layer :][:PLANES]
                planes = self._draw(page, {path: streams[path] for path in own}, lsb_percent)
                records.append(page.record.model_copy(update={"planes": planes}))
                streams[path].write(records[-1].beside())
            streams[doses].write(_doses_csv(records))
            streams[levels].write(levels_csv(records, [path.name for path in beside]))
        layers = [_layer_report(record, path) for record, path in zip(records, beside, strict=True)]
        warnings = warnings_of(records, chosen, self._suffix, dose=True)
        shared = {**shared_report(records[0]), "doses": doses.name, "levels": levels.name}
        return {"format": self.name, "layers": layers, **shared, "warnings": warnings}

    def _draw(self, page: Page, streams: Mapping[Path, IO[bytes]], lsb_percent: float) -> tuple[Plane, ...]:
        image = page.image()
        planes = []
        for bit, (path, stream) in enumerate(streams.items()):
            exposed = (image >> bit & 1).astype(bool)
            write_bits(stream, exposed, format=self._image, pitch_um=page.relief.pitch_um)
            plane = Plane(
                bit=bit,
                file=path.name,
                sha256=measure(stream).sha256,
                dose_percent=round(lsb_percent * 2**bit, 9),
                pixels=int(exposed.sum()),
            )
            planes.append(plane)
        return tuple(planes)


def _parse(options: Mapping[str, object]) -> tuple[GreyOptions, float]:
    """Checked settings, and the share of the full dose that the weakest exposure gives."""
    chosen = parse_dose_options(options, ("lsb_percent",))
    dose = chosen.profile.dose if chosen.profile is not None else None
    if dose is not None and dose.exposures is not None and dose.exposures.value != PLANES:
        raise ConfigError(
            f"Dose planes are made for {PLANES} exposures; the process takes {dose.exposures.value}.",
            hint="Export bmp8 or gds-grey, which hold the whole grey value.",
        )
    given = number(options, "lsb_percent", more_than=0)
    if given is None:
        given = dose.lsb_percent.value if dose is not None and dose.lsb_percent is not None else None
    lsb_percent = _FULL_PERCENT / 2**PLANES if given is None else given
    if lsb_percent * (2**PLANES - 1) > _FULL_PERCENT:
        raise ConfigError(
            f"The weakest of {PLANES} doubling exposures can give at most "
            f"{_FULL_PERCENT / (2**PLANES - 1):.4g} % of the full dose; got {lsb_percent:g} %."
        )
    return chosen, lsb_percent


def _layer_report(record: RasterRecord, beside: Path) -> Report:
    planes = [plane.model_dump(mode="json") for plane in record.planes]
    return {**layer_report(record), "file": beside.name, "record": beside.name, "planes": planes}


def _doses_csv(records: list[RasterRecord]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_TITLES)
    for record in records:
        size = record.pixels[0] * record.pixels[1]
        for plane in record.planes:
            share = round(plane.pixels / size, 9)
            row = (
                record.layer,
                plane.bit + 1,
                plane.bit,
                plane.file,
                plane.dose_percent,
                plane.pixels,
                share,
            )
            writer.writerow([*map(cell, row), plane.sha256])
    return text.getvalue().encode("ascii")
