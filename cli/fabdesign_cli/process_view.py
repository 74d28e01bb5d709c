"""How a process profile and its level table are shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fabdesign_cli.console import emit, emit_json, result_table

if TYPE_CHECKING:
    from fabdesign.process import LevelTable, PrintedIndex, Profile


def show_profile(
    profile: Profile, table: LevelTable | None, printed: PrintedIndex | None, as_json: bool
) -> None:
    """Print a profile, its level table too where there is one."""
    if as_json:
        emit_json(profile_record(profile, table, printed))
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
        _show_even_slice(profile, table)


def _machine_rows(profile: Profile) -> list[tuple[str, str]]:
    machine = profile.machine
    rows = [
        ("machine", " ".join(filter(None, [machine.vendor, machine.model, machine.objective]))),
        ("software", machine.software),
        ("takes", ", ".join(machine.accepts)),
        ("prints", profile.material.resin),
        ("index from", index_source(profile)),
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


def _show_even_slice(profile: Profile, table: LevelTable) -> None:
    from fabdesign.process import even_slice_um

    slice_um = profile.axial.slice_um
    if profile.kind == "2pp" and slice_um is not None:
        even_um = even_slice_um(table.full_turn_um / table.n, slice_um.value)
        emit(f"slices of {even_um:.4f} um would make even levels")


def _level_columns(table: LevelTable) -> dict[str, list[str]]:
    columns = {"level": [str(level) for level in range(table.n)]}
    columns["height nm"] = [f"{height * 1000:.3f}" for height in table.height_um]
    if table.mask_depth_um is not None:
        columns["etch nm"] = [f"{depth * 1000:.3f}" for depth in table.etch_depth_um]
    columns["phase rad"] = [f"{phase:.4f}" for phase in table.phase_rad]
    columns["ideal rad"] = [f"{phase:.4f}" for phase in table.ideal_phase_rad]
    columns["off rad"] = [f"{off:+.4f}" for off in table.phase_rad - table.ideal_phase_rad]
    return columns


def profile_record(
    profile: Profile, table: LevelTable | None = None, printed: PrintedIndex | None = None
) -> dict[str, Any]:
    """Describe a profile as plain JSON, its level table too where there is one."""
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


def index_source(profile: Profile) -> str:
    """Say where the index of the printed material comes from."""
    own = "the profile" if profile.material.dispersion else "none: give --index"
    return profile.material.name or own
