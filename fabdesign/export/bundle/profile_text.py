"""The process as it was used: every number with its mark, and the files it names beside it."""

from __future__ import annotations

from pathlib import Path

import tomlkit

from fabdesign.design import Design
from fabdesign.export.bundle.content import COMPANIONS
from fabdesign.process import Profile


def companion_files(profile: Profile | None) -> dict[str, Path]:
    """Files that a profile names, by their names in the package: contrast curve and material."""
    if profile is None:
        return {}
    curve = profile.dose.curve_csv if profile.dose else None
    material = profile.material.name
    named = [curve, material if material and material.endswith(".toml") else None]
    return {f"{COMPANIONS}/{Path(name).name}": Path(name) for name in named if name}


def profile_toml(profile: Profile | None, design: Design) -> bytes:
    """The profile as TOML that reads back as the same one, below a word on what it was used for.

    Args:
        profile: the process; without one, only the word is there.
        design: the design, for its wavelength and indices.
    """
    physical = design.physical
    material, medium = physical.material, physical.medium
    head = [
        f"# The process that the design was made for: {physical.process}.",
        "# Each number carries its source: measured, vendor, literature or assumed. Confirm those assumed.",
        f"# Used at {physical.wavelength_um:.10g} um in vacuum with index {material.index:.10g} "
        f"({material.name}) in {medium.index:.10g} ({medium.name}).",
    ]
    if profile is None:
        return "\n".join([*head, "# No profile of that name was at hand.", ""]).encode()
    return table_toml(profile, head)


def table_toml(profile: Profile, head: list[str]) -> bytes:
    """A profile as TOML that reads back as the same one.

    Args:
        profile: the process; files that it names are called as the package calls them.
        head: lines of comment above it.
    """
    table = profile.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    table["profile"]["version"] = profile.header.version
    for companion, path in companion_files(profile).items():
        if table.get("dose", {}).get("curve_csv") == str(path):
            table["dose"]["curve_csv"] = companion
        if table.get("material", {}).get("name") == str(path):
            table["material"]["name"] = companion
    return "\n".join([*head, "", tomlkit.dumps(table)]).encode()
