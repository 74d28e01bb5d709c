"""From a process profile to the level table it gives at one wavelength."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ConfigError
from fabdesign.process.candidates import Candidates, candidate_heights
from fabdesign.process.choose import choose_positions
from fabdesign.process.level_table import MOST_LEVELS, LevelTable, full_turn_um, ideal_table
from fabdesign.process.profile import Profile


@dataclass(frozen=True)
class PrintedIndex:
    """The index of the printed material at the design wavelength, with its name and its source."""

    name: str
    index: float
    source: str


def printed_index(
    profile: Profile, wavelength_um: float, *, material: str | Path | None = None, index: float | None = None
) -> PrintedIndex:
    """Say which index the printed material has at a wavelength.

    Args:
        profile: the process; it names the material.
        wavelength_um: vacuum wavelength.
        material: name or TOML file of a material to take instead of the profile's.
        index: a measured index, which wins over any material.

    Raises:
        ConfigError: no index of the material is known at this wavelength.

    >>> from fabdesign.process import load_profile
    >>> round(printed_index(load_profile("2pp-63x-ip-dip"), 0.785).index, 4)
    1.5429
    """
    if index is not None:
        name = str(material or profile.material.name or profile.material.resin or "user").lower()
        return PrintedIndex(name, index, "given by the user")
    entry = profile.printed_material(material)
    return PrintedIndex(entry.name, entry.index(wavelength_um), f"{entry.mark}: {entry.source}")


def level_table(
    profile: Profile,
    *,
    wavelength_um: float,
    medium_index: float,
    levels: int,
    material_index: float,
    max_turns: int = 1,
) -> LevelTable:
    """Choose the levels of a process: the heights it can make whose phases go round the circle most evenly.

    Of the heights below λ/(n - n₀) that the machine can make, those are taken that minimise the RMS error of
    rounding a uniformly distributed phase, √(Σ gap³/24π); ties go to the phases nearest to 2πk/n. The lowest
    level has height 0. An etched relief is chosen by depth below its top: the etches make every depth of it.

    Args:
        profile: the process.
        wavelength_um: vacuum wavelength.
        medium_index: n₀ of the medium around the relief.
        levels: how many levels, 2 to 256.
        material_index: n of the printed material.
        max_turns: how many waves of delay the relief may be tall.

    Raises:
        ConfigError: the process cannot make so many levels, or lacks a number that the rule needs.

    >>> from fabdesign.process import load_profile
    >>> level_table(load_profile("2pp-63x-ip-dip"), wavelength_um=0.785, medium_index=1.0, levels=4,
    ...             material_index=1.5429).height_um.tolist()
    [0.0, 0.4, 0.7, 1.1]
    """
    if not 2 <= levels <= MOST_LEVELS:
        raise ConfigError(f"process.levels must be 2 to {MOST_LEVELS}; got {levels}.")
    if max_turns < 1:
        raise ConfigError(f"process.max_turns must be at least 1; got {max_turns}.")
    turn_um = full_turn_um(wavelength_um, material_index, medium_index)
    found = candidate_heights(profile, turn_um=turn_um, levels=levels, max_turns=max_turns)
    if found is None:
        return ideal_table(
            levels, wavelength_um=wavelength_um, material_index=material_index, medium_index=medium_index
        )
    chosen_um = _choose(found, profile, turn_um, levels)
    if found.mask_depth_um is not None:
        chosen_um = chosen_um[-1] - chosen_um[::-1]
    return LevelTable.from_heights(
        chosen_um,
        wavelength_um=wavelength_um,
        material_index=material_index,
        medium_index=medium_index,
        rule=found.rule,
        mask_depth_um=found.mask_depth_um,
    )


def _choose(found: Candidates, profile: Profile, turn_um: float, levels: int) -> NDArray[np.float64]:
    """Choose heights by their place on the circle; of several at one place the lowest."""
    position, lowest = np.unique(np.mod(found.height_um / turn_um, 1.0), return_index=True)
    if len(position) < levels:
        raise ConfigError(
            f"process {profile.name} makes {len(position)} different levels below "
            f"{turn_um * 1000:.0f} nm ({found.rule}); got process.levels = {levels}.",
            hint=f"Ask for at most {len(position)} levels, give another {found.advice}, "
            "or take a longer wavelength.",
        )
    return np.sort(found.height_um[lowest[choose_positions(position, levels)]])
