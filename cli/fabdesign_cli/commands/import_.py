"""``fabdesign import FILE…``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from fabdesign_cli.console import emit_json, result_table, say
from fabdesign_cli.options import FILE, angle_option, json_option, length_option

if TYPE_CHECKING:
    from fabdesign.design import Design
    from fabdesign.process import LevelTable

_FULL_SCALE = 'Phase of white (255 or 65535).  [default for images: "2 pi"]'
_ORIGIN = "Where row 0 lies; upper is the largest y.  [default: upper for images, lower for arrays]"


@click.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@length_option("--wavelength", "wavelength_um", required=True, help='In vacuum: "785 nm".')
@length_option("--pitch", "pitch_um", required=True, help='Edge of one pixel: "1.5 um".')
@click.option("--process", required=True, help="A name from `fabdesign processes`, or a file.")
@click.option("--levels", type=click.IntRange(2, 256), default=8, show_default=True, help="Number of levels.")
@click.option("--material", help="Printed material, in place of the profile's.")
@click.option("--index", type=click.FloatRange(1, 5), help="Refractive index, in place of the material's.")
@click.option("--medium", default="air", show_default=True, help="Material around the relief.")
@click.option("--key", help="Which array of an .npz.")
@angle_option("--full-scale", "full_scale_rad", help=_FULL_SCALE)
@click.option("--origin", type=click.Choice(["upper", "lower"]), help=_ORIGIN)
@click.option(
    "--out", type=FILE, default=Path("design.safetensors"), show_default=True, help="File to write."
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@json_option
def command(
    *,
    files: tuple[Path, ...],
    wavelength_um: float,
    pitch_um: float,
    process: str,
    levels: int,
    material: str | None,
    index: float | None,
    medium: str,
    key: str | None,
    full_scale_rad: float | None,
    origin: Literal["upper", "lower"] | None,
    out: Path,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Turn phase maps that you already have into a design that can be exported.

    FILES are .npy, .npz or grey .png: one per layer, or one [layer, y, x] array. Phases are wrapped and
    rounded to the nearest level that the process can make. Such a design has no task, so no optical score.
    """
    from fabdesign.design import save_design
    from fabdesign.design.from_phase import design_from_phase
    from fabdesign.design.phase_maps import read_phase_maps
    from fabdesign.errors import ConfigError
    from fabdesign.materials import load_material
    from fabdesign.process import level_table, load_profile, printed_index

    if out.exists() and not overwrite:
        raise ConfigError(f"{out} exists already.", hint="Name another file with --out, or add --overwrite.")
    profile = load_profile(process)
    printed = printed_index(profile, wavelength_um, material=material, index=index)
    around = load_material(medium)
    table = level_table(
        profile,
        wavelength_um=wavelength_um,
        medium_index=around.index(wavelength_um),
        levels=levels,
        material_index=printed.index,
    )
    design = design_from_phase(
        read_phase_maps(files, key=key, full_scale_rad=full_scale_rad, origin=origin),
        table,
        pitch_um=pitch_um,
        material=printed.name,
        medium=around.name,
        process=profile.name,
        provenance={"imported": _sources(files), "origin": origin, "full_scale_rad": full_scale_rad},
    )
    save_design(design, out)
    _report(design, table, out, as_json)


def _sources(files: tuple[Path, ...]) -> list[dict[str, str]]:
    """Name and SHA-256 of each file, so that the design says what it was made of."""
    import hashlib

    return [{"name": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()} for file in files]


def _report(design: Design, table: LevelTable, out: Path, as_json: bool) -> None:
    from fabdesign.units import format_length

    rounding = design.settings["rounding"]
    say("This design has no task (no source, object or detectors), so it has no optical score.")
    if as_json:
        emit_json(
            {
                "design": str(out),
                "content_hash": design.content_hash,
                "layers": design.layers,
                "pixels": list(design.pixels),
                "rounding": rounding,
                "level_table": table.describe(),
                "score": None,
            }
        )
        return
    result_table(
        [
            ("design", out),
            ("content hash", design.content_hash),
            ("layers", f"{design.layers} of {design.pixels[0]} × {design.pixels[1]} pixels"),
            ("levels", f"{table.n} up to {format_length(float(table.height_um[-1]))}: {table.rule}"),
            (
                "rounding error",
                f"{rounding['rms_rad']:.4f} rad RMS, {rounding['largest_rad']:.4f} rad at most",
            ),
            ("if spread evenly", f"{table.rms_rounding_rad:.4f} rad RMS"),
        ]
    )
