"""A photonic process in whole database units, every length on the manufacturing grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.process.marked import Marked
from fabdesign.process.photonic import Photonic

UNIT_PM = 1000
_PM_PER_UM, _PM_PER_NM = 1_000_000, 1000
_SAME = 1e-6


@dataclass(frozen=True)
class Sizes:
    """The numbers of a process as a layout needs them.

    Args:
        profile: the process.
        unit_pm: database unit.
        step: manufacturing grid in database units.
    """

    profile: Profile
    unit_pm: int
    step: int

    @property
    def photonic(self) -> Photonic:
        """The table of the process for photonic chips."""
        if self.profile.photonic is None:
            raise _no_chips(self.profile)
        return self.profile.photonic

    @property
    def unit_um(self) -> float:
        """The database unit in µm."""
        return self.unit_pm / _PM_PER_UM

    def exactly(self, key: str) -> int:
        """A length of the process by its key below ``photonic``, which must lie on the grid.

        Raises:
            ConfigError: it does not.
        """
        number = self.number(key)
        units = number.value / self.unit_um
        whole = round(units / self.step) * self.step
        if abs(units - whole) > _SAME:
            raise ConfigError(
                f"{self.profile.name}: photonic.{key} must be a multiple of the manufacturing grid of "
                f"{self.step * self.unit_pm / _PM_PER_NM:g} nm; got {number.value:g} um.",
                hint="Change the number in the profile, or its lateral.grid_nm.",
            )
        return whole

    def even(self, key: str) -> int:
        """A length that is halved: it must be an even multiple of the grid.

        Raises:
            ConfigError: it is not.
        """
        whole = self.exactly(key)
        if whole % (2 * self.step):
            raise ConfigError(
                f"{self.profile.name}: half of photonic.{key} must be a multiple of the "
                f"grid of {self.step * self.unit_pm / _PM_PER_NM:g} nm; got {self.number(key).value:g} um."
            )
        return whole

    def up(self, length_um: float) -> int:
        """The next length on the grid that is not shorter."""
        return math.ceil(length_um / self.unit_um / self.step - _SAME) * self.step

    def nearest(self, length_um: float) -> int:
        """The nearest length on the grid."""
        return round(length_um / self.unit_um / self.step) * self.step

    def number(self, key: str) -> Marked:
        """A number of the process by its key below ``photonic``."""
        value: object = self.photonic
        for part in key.split("."):
            value = getattr(value, part)
        assert isinstance(value, Marked)
        return value

    def layer(self, section: str) -> int:
        """GDSII layer of a mask, such as ``"waveguide"``."""
        return int(self.number(f"{section}.layer").value)


def sizes_of(profile: Profile, unit_pm: int = UNIT_PM) -> Sizes:
    """Take the numbers of a process.

    Args:
        profile: a process with a table ``photonic``.
        unit_pm: database unit.

    Raises:
        ConfigError: the process makes no photonic chips, or its grid is no multiple of the unit.
    """
    if profile.photonic is None:
        raise _no_chips(profile)
    grid = profile.lateral.grid_nm
    grid_pm = unit_pm if grid is None else round(grid.value * _PM_PER_NM)
    if grid_pm < unit_pm or grid_pm % unit_pm:
        raise ConfigError(
            f"{profile.name}: the manufacturing grid must be a multiple of the database unit; "
            f"got {grid_pm / _PM_PER_NM:g} and {unit_pm / _PM_PER_NM:g} nm."
        )
    return Sizes(profile, unit_pm, grid_pm // unit_pm)


def _no_chips(profile: Profile) -> ConfigError:
    return ConfigError(
        f"process {profile.name} makes no photonic chips: it has no table [photonic].",
        hint="Name one that does, such as soi-220-heaters.",
    )
