"""Mask sets in a layout format: one file per optical layer, a layer table, and layer properties."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from fabdesign.export.masks.compose import LayerMasks, plan_layer
from fabdesign.export.masks.layer_table import MaskRow, table_csv
from fabdesign.export.masks.lyp import layer_properties
from fabdesign.export.masks.options import parse_mask_options
from fabdesign.export.masks.warnings import mask_warnings, operator_choices
from fabdesign.export.registry import Report
from fabdesign.formats.atomic import atomic_file
from fabdesign.formats.drawing import Drawing
from fabdesign.formats.written import measure
from fabdesign.relief import Relief


@dataclass(frozen=True)
class MaskExporter:
    """An exporter of mask sets: the format is the function that writes a drawing to a stream."""

    name: str
    summary: str
    suffix: str
    write_drawing: Callable[[IO[bytes], Drawing], None]
    context: tuple[str, ...] = ("profile",)

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        parse_mask_options(options)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The layer files in the order of the layers, then the layer table and the layer properties."""
        layers = [f"{relief.name}-layer{layer:02d}.{self.suffix}" for layer in range(relief.layers)]
        sides = [f"{relief.name}-{self.suffix}-layers.csv", f"{relief.name}-{self.suffix}.lyp"]
        return tuple(folder / name for name in layers + sides)

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        chosen = parse_mask_options(options)
        *layer_paths, table_path, properties_path = paths
        planned = [plan_layer(relief, at, chosen, path.name) for at, path in enumerate(layer_paths)]
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(atomic_file(path, "w+b")) for path in paths]
            layers = [self._write_layer(*each) for each in zip(planned, streams, strict=False)]
            rows = [row for layer in planned for row in layer.rows]
            streams[-2].write(table_csv(rows).encode())
            streams[-1].write(layer_properties(planned[0].layer_names()).encode())
        return {
            "format": self.name,
            "unit": "um",
            "layers": layers,
            "layer_table": table_path.name,
            "layer_properties": properties_path.name,
            "coding": chosen.coding,
            "tone": chosen.tone,
            "polygon_tone": chosen.polygon_tone,
            "grid_nm": chosen.grid_pm / 1e3,
            "operator": operator_choices(chosen.profile),
            "warnings": mask_warnings(planned, [layer["bytes"] for layer in layers]),
        }

    def _write_layer(self, planned: LayerMasks, stream: IO[bytes]) -> dict[str, Any]:
        self.write_drawing(stream, planned.drawing())
        return {
            "file": planned.file,
            "cell": planned.name,
            "masks": [_mask_report(row) for row in planned.rows],
            "polygons": sum(row.polygons for row in planned.rows),
            "box_um": planned.box_um,
            **measure(stream)._asdict(),
        }


def _mask_report(row: MaskRow) -> dict[str, Any]:
    left_out = ("file", "optical_layer", "coding", "polygon_tone", "orientation", "drawn")
    return {key: value for key, value in asdict(row).items() if key not in left_out}
