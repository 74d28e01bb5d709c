"""The seam to the laboratory: all that learning may see of a device."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import ExitCode, FabdesignError


class InstrumentError(FabdesignError):
    """The instrument gave no answer that can be used; what was learnt is saved (exit code 130)."""

    exit_code = ExitCode.INTERRUPTED


class InstrumentTimeout(InstrumentError):  # noqa: N818  (it is a state, not a fault)
    """No answer came in time; asking again may help."""


class InstrumentLost(InstrumentError):  # noqa: N818  (it is a state, not a fault)
    """The connection is gone; a new one has to be made."""


class Instrument(Protocol):
    """A device whose active phases can be set and whose outputs can be measured.

    Everything else is hidden: passive phases, errors, drift. A class with these three members is an
    instrument; it raises `InstrumentTimeout` where asking again may help, and `InstrumentLost` where not.
    """

    @property
    def phase_count(self) -> int:
        """The number of active phases."""

    def set_phases(self, phase_rad: NDArray[np.float64]) -> None:
        """Command the active phases.

        Args:
            phase_rad: in [0, 2π), [active phase].

        Raises:
            InstrumentError: they could not be set.
        """

    def measure(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Send examples and detect the outputs.

        Args:
            inputs: amplitudes, [example, input].

        Returns:
            Outputs, [example, output].

        Raises:
            InstrumentError: nothing was measured.
        """
