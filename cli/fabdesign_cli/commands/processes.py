"""``fabdesign processes [NAME]``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.console import emit, emit_json, result_table
from fabdesign_cli.options import FILE, json_option, length_option
from fabdesign_cli.pictures import write_picture

if TYPE_CHECKING:
    from fabdesign.process import LevelTable, PrintedIndex, Profile


@click.command()
@click.argument("name", required=False)
@length_option("--wavelength", "wavelength_um", help='In vacuum, for the level table: "785 nm".')
@click.option("--levels", type=click.IntRange(2, 256), default=8, show_default=True, help="Number of levels.")
@click.option("--material", help="Printed material, in place of the profile's.")
@click.option("--index", type=click.FloatRange(1, 5), help="Refractive index, in place of the material's.")
@click.option("--medium", default="air", show_default=True, help="Material around the relief.")
@click.option("--max-turns", type=click.IntRange(1, 16), default=1, help="Height of the relief, in waves.")
@click.option("--plot", type=FILE, help="Draw the level table to a .png, .svg or .pdf.")
@click.option("--toml", "as_toml", is_flag=True, help="Print a built-in profile: a start for your own.")
@json_option
def command(
    *,
    name: str | None,
    wavelength_um: float | None,
    levels: int,
    material: str | None,
    index: float | None,
    medium: str,
    max_turns: int,
    plot: Path | None,
    as_toml: bool,
    as_json: bool,
) -> None:
    """List what machines can make; NAME may be a TOML file of your own.

    With NAME every number is shown with its mark, the assumed ones first: have your facility confirm those.
    With --wavelength too, the heights that training will use and the phases they give.
    """
    from fabdesign.materials import load_material
    from fabdesign.process import level_table, list_profiles, load_profile, printed_index, profile_text

    if name is None:
        _refuse_without_name(plot, as_toml)
        _list(list_profiles(), as_json)
        return
    if as_toml:
        emit(profile_text(name).rstrip())
        return
    profile = load_profile(name)
    if wavelength_um is None:
        _refuse_without_wavelength(plot)
        _show(profile, None, None, as_json)
        return
    printed = printed_index(profile, wavelength_um, material=material, index=index)
    table = level_table(
        profile,
        wavelength_um=wavelength_um,
        medium_index=load_material(medium).index(wavelength_um),
        levels=levels,
        material_index=printed.index,
        max_turns=max_turns,
    )
    if plot is not None:
        write_picture(plot, _picture(profile, table))
    _show(profile, table, printed, as_json)


def _refuse_without_name(plot: Path | None, as_toml: bool) -> None:
    if plot is not None or as_toml:
        raise click.UsageError(f"{'--plot' if plot else '--toml'} needs the NAME of a process.")


def _refuse_without_wavelength(plot: Path | None) -> None:
    if plot is not None:
        raise click.UsageError("--plot draws a level table, which needs --wavelength.")


def _list(profiles: list[Profile], as_json: bool) -> None:
    if as_json:
        emit_json({"processes": [_record(profile) for profile in profiles]})
        return
    head = ["name", "kind", "index", "assumed", "what it is"]
    result_table([_list_row(profile) for profile in profiles], head=head)


def _list_row(profile: Profile) -> list[str]:
    marks = [number.mark for _, number in profile.marked_numbers()]
    assumed = f"{marks.count('assumed')} of {len(marks)}"
    return [profile.name, profile.kind, _index_source(profile), assumed, profile.header.summary]


def _index_source(profile: Profile) -> str:
    own = "the profile" if profile.material.dispersion else "none: give --index"
    return profile.material.name or own


def _show(profile: Profile, table: LevelTable | None, printed: PrintedIndex | None, as_json: bool) -> None:
    if as_json:
        emit_json(_record(profile, table, printed))
        return
    emit(f"{profile.name} (version {profile.header.version}, {profile.kind}): {profile.header.summary}\n")
    result_table(_machine_rows(profile))
    emit("")
    result_table(
        [
            [number.mark, key, f"{number.value:g}", "; ".join(filter(None, [number.citation, number.note]))]
            for key, number in profile.marked_numbers()
        ],
        head=["mark", "number", "value", "source and note"],
    )
    if table is not None and printed is not None:
        emit("")
        _show_table(table, printed)


def _machine_rows(profile: Profile) -> list[tuple[str, str]]:
    machine = profile.machine
    rows = [
        ("machine", " ".join(filter(None, [machine.vendor, machine.model, machine.objective]))),
        ("software", machine.software),
        ("takes", ", ".join(machine.accepts)),
        ("prints", profile.material.resin),
        ("index from", _index_source(profile)),
    ]
    return [(name, text) for name, text in rows if text]


def _show_table(table: LevelTable, printed: PrintedIndex) -> None:
    from fabdesign.units import format_length

    emit(
        f"{table.n} levels at {format_length(table.wavelength_um)}: {table.rule}\n"
        f"{printed.name} n = {table.material_index:.5f} ({printed.source})\n"
        f"medium n = {table.medium_index:.5f}; one wave is {table.full_turn_um * 1000:.1f} nm tall"
    )
    columns = _level_columns(table)
    result_table(list(zip(*columns.values(), strict=True)), head=list(columns))
    shape = "they close the circle" if table.closed else "they leave a gap on the circle"
    even_rad = table.ideal_phase_rad[1] / 12**0.5
    emit(f"RMS rounding error {table.rms_rounding_rad:.4f} rad ({even_rad:.4f} for even levels); {shape}")
    if table.mask_depth_um is not None:
        emit("mask depths nm: " + ", ".join(f"{depth * 1000:g}" for depth in table.mask_depth_um))


def _level_columns(table: LevelTable) -> dict[str, list[str]]:
    columns = {"level": [str(level) for level in range(table.n)]}
    columns["height nm"] = [f"{height * 1000:.3f}" for height in table.height_um]
    if table.mask_depth_um is not None:
        columns["etch nm"] = [f"{depth * 1000:.3f}" for depth in table.etch_depth_um]
    columns["phase rad"] = [f"{phase:.4f}" for phase in table.phase_rad]
    columns["ideal rad"] = [f"{phase:.4f}" for phase in table.ideal_phase_rad]
    columns["off rad"] = [f"{off:+.4f}" for off in table.phase_rad - table.ideal_phase_rad]
    return columns


def _record(
    profile: Profile, table: LevelTable | None = None, printed: PrintedIndex | None = None
) -> dict[str, Any]:
    return {
        "name": profile.name,
        "version": profile.header.version,
        "kind": profile.kind,
        "summary": profile.header.summary,
        "material": profile.material.name,
        "resin": profile.material.resin,
        "accepts": profile.machine.accepts,
        "numbers": {
            key: {"value": number.value, "mark": number.mark, "source": number.citation, "note": number.note}
            for key, number in profile.marked_numbers()
        },
        "index": None if printed is None else asdict(printed),
        "level_table": None if table is None else table.describe(),
    }


def _picture(profile: Profile, table: LevelTable) -> Any:
    from fabdesign.plot import draw_level_table
    from fabdesign.units import format_length

    return draw_level_table(
        table.height_um,
        table.phase_rad,
        ideal_rad=table.ideal_phase_rad,
        title=f"{profile.name} at {format_length(table.wavelength_um)}: {table.rule}",
    )
