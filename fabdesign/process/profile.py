"""A process profile: what a machine can make, every number with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from fabdesign.errors import ConfigError
from fabdesign.materials import Dispersion, Material, load_material
from fabdesign.process.marked import Marked, Section
from fabdesign.process.photonic import Photonic
from fabdesign.process.sections import (
    Axial,
    Dose,
    Exposure,
    FieldOfView,
    Lateral,
    Layers,
    Limits,
    Machine,
    MaskSet,
    Resin,
    Setup,
)

Kind = Literal["2pp", "2gl", "grayscale-laser", "binary-etch", "ebeam", "photonic", "ideal"]


class Header(Section):
    """Name, version and kind of a profile.

    Attributes:
        name: short name, the one that configs use.
        version: of the profile's numbers.
        kind: decides the rule of the level table.
        summary: one sentence for people.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", description="a short name")
    version: str = "1"
    kind: Kind = Field(description="the kind of process, which decides the rule of its levels")
    summary: str = ""


class Profile(Section):
    """What one machine makes of one material; a number that nobody knows is absent.

    The tables are those of the TOML file. Lengths carry their unit in the key: ``_um`` or, as process people
    write heights, ``_nm``.
    """

    header: Header = Field(alias="profile", description="the table of name, version and kind")
    machine: Machine = Machine()
    material: Resin = Resin()
    lateral: Lateral = Lateral()
    axial: Axial = Axial()
    field: FieldOfView = FieldOfView()
    layers: Layers = Layers()
    mask: MaskSet | None = None
    dose: Dose | None = None
    photonic: Photonic | None = None
    write: Exposure = Exposure()
    setup: Setup = Setup()
    limits: Limits = Limits()

    @property
    def name(self) -> str:
        """Short name, the one that configs use."""
        return self.header.name

    @property
    def kind(self) -> Kind:
        """What kind of process it is; decides the rule of the level table."""
        return self.header.kind

    @property
    def base_um(self) -> Marked | None:
        """Thickness of the base plate or substrate below the relief, um."""
        return self.layers.base_um

    def marked_numbers(self) -> list[tuple[str, Marked]]:
        """Return every number with its dotted key, the assumed ones first: those a person has to confirm.

        >>> from fabdesign.process import load_profile
        >>> load_profile("2pp-63x-ip-dip").marked_numbers()[0][1].mark
        'assumed'
        """
        order = ("assumed", "literature", "vendor", "measured")
        return sorted(self.numbers().items(), key=lambda item: order.index(item[1].mark))

    def printed_material(self, override: str | Path | None = None) -> Material:
        """Return the material that the profile prints, or another one.

        Args:
            override: name or TOML file of a material to take instead.

        Raises:
            ConfigError: no index of the material is known.
        """
        if override is not None:
            return load_material(override)
        if isinstance(self.material.dispersion, Dispersion):
            return Material(
                name=self.name,
                title=self.material.resin or self.name,
                dispersion=self.material.dispersion,
                state=f"as in the process profile {self.name}",
                mark=self.material.dispersion_mark,
                source=self.material.dispersion_source or f"process profile {self.name}",
            )
        if self.material.name is not None:
            return load_material(self.material.name)
        raise ConfigError(
            f"process {self.name} has no index of its material ({self.material.resin or 'not named'}).",
            hint="Without it there is no level table. Give a measured index (process.index in the config, "
            "--index on the command line), or a known material (process.material, --material).",
        )
