"""``fabdesign materials [NAME]``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.console import emit, emit_json, result_table
from fabdesign_cli.options import FILE, json_option, length_option
from fabdesign_cli.pictures import write_picture

if TYPE_CHECKING:
    from fabdesign.materials import Material


@click.command()
@click.argument("name", required=False)
@length_option("--wavelength", "wavelength_um", help='In vacuum, to give n at: "785 nm".')
@click.option("--plot", type=FILE, help="Draw n(λ) to a .png, .svg or .pdf.")
@json_option
def command(name: str | None, wavelength_um: float | None, plot: Path | None, as_json: bool) -> None:
    """List materials with their index, its range, and who measured it; NAME may be a TOML file of your own.

    An index is never extrapolated: outside its range a material has none.
    """
    from fabdesign.materials import list_materials, load_material

    materials = [load_material(name)] if name else list_materials()
    records = [_record(material, wavelength_um, must=bool(name)) for material in materials]
    if plot is not None:
        write_picture(plot, _picture(materials, wavelength_um))
    if as_json:
        emit_json({"wavelength_um": wavelength_um, "materials": records})
    elif name:
        _show(records[0])
    else:
        _list(records, wavelength_um)


def _record(material: Material, wavelength_um: float | None, *, must: bool) -> dict[str, Any]:
    """Describe a material; the one that was asked for must have an index, others may have none."""
    from fabdesign.materials import FORMULAS

    known = wavelength_um is not None and (must or material.covers(wavelength_um))
    return {
        "name": material.name,
        "title": material.title,
        "index": material.index(wavelength_um) if known and wavelength_um is not None else None,
        "range_um": list(material.range_um),
        "state": material.state,
        "mark": material.mark,
        "source": material.source,
        "formula": FORMULAS[material.dispersion.formula].expression,
        "coefficients": {key: list(values) for key, values in material.dispersion.coefficients.items()},
    }


def _list(records: list[dict[str, Any]], wavelength_um: float | None) -> None:
    from fabdesign.units import format_length

    head = ["name", "known for", "mark", "what it is"]
    rows = [[r["name"], _range(r["range_um"]), r["mark"], r["title"]] for r in records]
    if wavelength_um is not None:
        head.insert(1, f"n at {format_length(wavelength_um)}")
        for row, record in zip(rows, records, strict=True):
            row.insert(1, _index(record))
    result_table(rows, head=head)


def _show(record: dict[str, Any]) -> None:
    emit(f"{record['name']}: {record['title']}")
    rows = [("state", record["state"]), ("known for", _range(record["range_um"]))]
    rows += [("formula", f"{record['formula']}, λ in um")]
    rows += [(key, ", ".join(f"{x:g}" for x in values)) for key, values in record["coefficients"].items()]
    rows += [(record["mark"], record["source"])]
    rows += [("n", _index(record))] if record["index"] is not None else []
    result_table(rows)


def _index(record: dict[str, Any]) -> str:
    return "out of range" if record["index"] is None else f"{record['index']:.6f}"


def _range(range_um: list[float]) -> str:
    from fabdesign.units import format_length

    low, high = range_um
    return "any wavelength" if high >= 1e5 else f"{format_length(low)} to {format_length(high)}"


def _picture(materials: list[Material], wavelength_um: float | None) -> Any:
    """Draw the materials that have a curve; all of them where several are listed, gases and vacuum not."""
    import numpy as np

    from fabdesign.plot import Curve, draw_dispersion

    curves = []
    for material in materials:
        low, high = material.range_um
        if len(materials) > 1 and material.dispersion.formula in ("gas", "constant"):
            continue
        grid = np.linspace(max(low, 0.2), min(high, 2.0) if high > 2.0 > low else high, 400)
        curves.append(Curve(material.name, grid, material.dispersion.index(grid)))
    return draw_dispersion(curves, mark_um=wavelength_um)
