"""``fabdesign processes [NAME]``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from fabdesign_cli.console import emit, emit_json, result_table
from fabdesign_cli.options import FILE, json_option, length_option
from fabdesign_cli.pictures import write_picture
from fabdesign_cli.process_view import index_source, profile_record, show_profile

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
    plot: Path | None,
    as_toml: bool,
    as_json: bool,
    **wanted: Any,
) -> None:
    """List what machines can make; NAME may be a TOML file of your own.

    With NAME every number is shown with its mark, the assumed ones first: have your facility confirm those.
    With --wavelength too, the heights that training will use and the phases they give.
    """
    from fabdesign.process import list_profiles, load_profile, profile_text

    at = None if wavelength_um is None else _Wanted(wavelength_um, **wanted)
    if name is None:
        _refuse(plot is not None or as_toml, "--plot and --toml need the NAME of a process.")
        _list(list_profiles(), at, as_json)
    elif as_toml:
        emit(profile_text(name).rstrip())
    elif at is None:
        _refuse(plot is not None, "--plot draws a level table, which needs --wavelength.")
        show_profile(load_profile(name), None, None, as_json)
    else:
        profile = load_profile(name)
        table, printed = at.table_of(profile)
        if plot is not None:
            write_picture(plot, _picture(profile, table))
        show_profile(profile, table, printed, as_json)


@dataclass(frozen=True)
class _Wanted:
    """The level table that was asked for."""

    wavelength_um: float
    levels: int
    material: str | None
    index: float | None
    medium: str
    max_turns: int

    def table_of(self, profile: Profile) -> tuple[LevelTable, PrintedIndex]:
        """Return what a process gives, or raise a ConfigError."""
        from fabdesign.materials import load_material
        from fabdesign.process import level_table, printed_index

        printed = printed_index(profile, self.wavelength_um, material=self.material, index=self.index)
        table = level_table(
            profile,
            wavelength_um=self.wavelength_um,
            medium_index=load_material(self.medium).index(self.wavelength_um),
            levels=self.levels,
            material_index=printed.index,
            max_turns=self.max_turns,
        )
        return table, printed


def _refuse(condition: bool, message: str) -> None:
    if condition:
        raise click.UsageError(message)


def _list(profiles: list[Profile], at: _Wanted | None, as_json: bool) -> None:
    outcomes = [_outcome(profile, at) for profile in profiles]
    if as_json:
        pairs = zip(profiles, outcomes, strict=True)
        emit_json(
            {"processes": [profile_record(profile) | {"levels": text or None} for profile, text in pairs]}
        )
        return
    head = ["name", "kind", "index", "assumed", "what it is"]
    rows = [_list_row(profile) for profile in profiles]
    if at is not None:
        head.insert(1, f"{at.levels} levels")
        for row, outcome in zip(rows, outcomes, strict=True):
            row.insert(1, outcome)
    result_table(rows, head=head)


def _outcome(profile: Profile, at: _Wanted | None) -> str:
    """Say how well a process makes the levels, or why it does not."""
    from fabdesign.errors import ConfigError

    if at is None:
        return ""
    try:
        table, _ = at.table_of(profile)
    except ConfigError as error:
        return f"no: {error.message.removeprefix(f'process {profile.name} ')}"
    return f"RMS {table.rms_rounding_rad:.4f} rad"


def _list_row(profile: Profile) -> list[str]:
    marks = [number.mark for _, number in profile.marked_numbers()]
    assumed = f"{marks.count('assumed')} of {len(marks)}"
    return [profile.name, profile.kind, index_source(profile), assumed, profile.header.summary]


def _picture(profile: Profile, table: LevelTable) -> Any:
    from fabdesign.plot import draw_level_table
    from fabdesign.units import format_length

    return draw_level_table(
        table.height_um,
        table.phase_rad,
        ideal_rad=table.ideal_phase_rad,
        title=f"{profile.name} at {format_length(table.wavelength_um)}: {table.rule}",
    )
