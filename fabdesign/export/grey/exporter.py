"""What the exporters of grey files share: names of files, records, one table of levels, all or none."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from fabdesign.export.grey.compose import Page, make_pages, warnings_of
from fabdesign.export.grey.options import CONTEXT, GreyOptions
from fabdesign.export.grey.table import levels_csv
from fabdesign.export.registry import Report
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.raster import Kind, RasterRecord
from fabdesign.formats.written import measure
from fabdesign.relief import Relief


class GreyExporter(ABC):
    """An exporter of one grey file for each layer, with its record beside it.

    Attributes:
        name: of the format.
        summary: one sentence for people.
        suffix: of the files.
        kind: what the values are.
        tail: what the file names have before the suffix.
        context: options that the caller fills in from the design and its process.
    """

    name: str
    summary: str
    suffix: str
    kind: Kind
    tail: str = ""
    context: tuple[str, ...] = CONTEXT

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        self.parse(options)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The images in the order of the layers, then their records, then the table of levels."""
        images = [f"{relief.name}-layer{at:02d}{self.tail}.{self.suffix}" for at in range(relief.layers)]
        records = [f"{name}.json" for name in images]
        return tuple(folder / name for name in (*images, *records, f"{relief.name}-{self.name}-levels.csv"))

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        chosen = self.parse(options)
        pages = make_pages(relief, chosen, self.bits(chosen), self.kind)
        images, records = paths[: relief.layers], paths[relief.layers : -1]
        with contextlib.ExitStack() as stack:
            streams = {path: stack.enter_context(atomic_file(path, "w+b")) for path in paths}
            layers = []
            for page, image, beside in zip(pages, images, records, strict=True):
                self.draw(streams[image], page)
                written = measure(streams[image])
                record = page.record.model_copy(update={"file": image.name, "sha256": written.sha256})
                streams[beside].write(record.beside())
                layers.append({"bytes": written.bytes, **layer_report(record), "record": beside.name})
            drafts = [page.record for page in pages]
            streams[paths[-1]].write(levels_csv(drafts, [path.name for path in images]))
        warnings = warnings_of(drafts, chosen, self.suffix, dose=self.kind != "height-map")
        shared = shared_report(drafts[0])
        return {
            "format": self.name,
            "layers": layers,
            "levels": paths[-1].name,
            **shared,
            "warnings": warnings,
        }

    @abstractmethod
    def parse(self, options: Mapping[str, object]) -> GreyOptions:
        """Check options."""

    @abstractmethod
    def bits(self, options: GreyOptions) -> int:
        """How many bits a value has."""

    @abstractmethod
    def draw(self, stream: IO[bytes], page: Page) -> None:
        """Write one layer's file."""


def layer_report(record: RasterRecord) -> dict[str, Any]:
    """What a report says of one layer: its file, and what each level becomes."""
    levels = [level.model_dump(mode="json") for level in record.levels]
    errors = [abs(level.error_nm) for level in record.levels]
    return {
        "file": record.file,
        "sha256": record.sha256,
        "layer": record.layer,
        "levels": levels,
        "largest_error_nm": max(errors),
    }


def shared_report(record: RasterRecord) -> dict[str, Any]:
    """What a report says of all layers: the scale and where the image lies."""
    keys = ("kind", "bits", "black_um", "white_um", "orientation", "corner", "corner_um", "process")
    fields = record.model_dump(mode="json", include={*keys, "scale", "sigma_source"})
    return {"unit": "um", **fields}
