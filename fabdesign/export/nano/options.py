"""What a project is asked for: settings of its preset, beside the options of the solid in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fabdesign.errors import ConfigError
from fabdesign.export.job.options import JobOptions, parse_job_options
from fabdesign.export.options import check_known, choice, profile_option
from fabdesign.process import Profile
from fabdesign.relief.assembly import OPTIONS as ASSEMBLY_OPTIONS

ANY = "*"
SUBSTRATES = (ANY, "FuSi", "Si")
"""Values of the option "substrate": those that nanoPrintX knows."""

_SHARED = ("profile", "physical")
_OF_SOLID = ("mesh", "assembly", *ASSEMBLY_OPTIONS)
_OF_PRESET = ("slice_um", "hatch_um", "hatch", "power", "speed_um_s")
_OBJECTIVES = {"10x": "10xW", "10xw": "10xW", "25x": "25x", "63x": "63x"}
_RESINS = ("Dip", "Dip2", "L", "n162", "PDMS", "S", "Visio")
_RESIN_NAMES = (*(f"IP-{name}" for name in _RESINS), "IPX-Clear", "IPX-Q", "IPX-S")
_DEFAULTS = (
    "interface aligner: its numbers are the defaults of npxpy 0.4.0",
    "power: nanoPrintX's unit is not published; compare with a preset of your machine",
)


@dataclass(frozen=True)
class NanoOptions:
    """Settings of a project.

    Attributes:
        job: slices, hatching, power and speed.
        objective: as nanoPrintX names it.
        resin: as nanoPrintX names it; "*" where it does not know the profile's.
        substrate: one of `SUBSTRATES`.
        review: what nobody has confirmed, in words.
    """

    job: JobOptions
    objective: str
    resin: str
    substrate: str
    review: tuple[str, ...]


def solid_options(options: Mapping[str, object]) -> dict[str, object]:
    """Those of a project's options that its solid takes."""
    return {name: value for name, value in options.items() if name in (*_OF_SOLID, *_SHARED)}


def parse_nano_options(options: Mapping[str, object]) -> NanoOptions:
    """Check options and fill in what the profile says.

    Args:
        options: of the solid and of the preset, and "substrate".

    Raises:
        ConfigError: an option is unknown or wrong, a number is missing in the profile too, or the process is
            no two-photon polymerisation.

    >>> chosen = parse_nano_options({"profile": "2pp-25x-ip-s"})
    >>> chosen.objective, chosen.resin, chosen.substrate
    ('25x', 'IP-S', '*')
    """
    check_known(options, (*_OF_PRESET, "substrate", *_OF_SOLID, *_SHARED))
    profile = profile_option(options)
    if profile is not None and profile.kind != "2pp":
        raise ConfigError(
            f"A .nano project prints slices by two-photon polymerisation; {profile.name} is {profile.kind}.",
            hint="Name a process of that kind with --process, or use one of the grey formats.",
        )
    job = parse_job_options({name: options[name] for name in (*_OF_PRESET, *_SHARED) if name in options})
    profile = job.profile
    objective, resin = _objective(profile), _resin(profile)
    unknown = [
        f"{what}: the profile's {told or 'none'!r} is no name that nanoPrintX is known to have"
        for what, found, told in (
            ("objective", objective, profile.machine.objective),
            ("resin", resin, profile.material.resin),
        )
        if found == ANY
    ]
    review = [text for text in job.review if not text.startswith("field_um")]
    substrate = choice(options, "substrate", SUBSTRATES)
    return NanoOptions(job, objective, resin, substrate, (*review, *unknown, *_DEFAULTS))


def _objective(profile: Profile) -> str:
    return _OBJECTIVES.get(profile.machine.objective.lower().split(" ", maxsplit=1)[0], ANY)


def _resin(profile: Profile) -> str:
    name = profile.material.resin.removeprefix("Nanoscribe ")
    return name if name in _RESIN_NAMES else ANY
