"""What is wrong with a chip: an error model, and the fixed errors of one chip drawn from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.angles import TURN, wrap
from fabdesign.chip.crosstalk import Crosstalk, adjacent_crosstalk, heater_crosstalk
from fabdesign.chip.mzi import rotator
from fabdesign.chip.physical import MeshPhysical
from fabdesign.errors import ConfigError

Floats = NDArray[np.float64]
_STREAMS = {"gamma": 1, "bias": 2, "coupler": 3, "noise": 4, "drift": 5}
_CHIP_STREAM = 0x63686970
_NOT_NEGATIVE = (
    "gamma_std",
    "omega",
    "bias_std_rad",
    "coupler_std_rad",
    "loss_db",
    "detector_std",
    "drift_rad",
)
_POSITIVE = ("v_pi", "truncate", "heater_decay_um", "drive_v_max", "drift_queries")


@dataclass(frozen=True)
class ErrorModel:
    """How chips differ from their design. The defaults are those of Gu et al., AAAI 2021.

    A device commanded to φ gets the phase Ω Γ Q(φ) + bias: Q the drive, Γ = diag(γᵛ/γ) the variation of its
    shifter, Ω the crosstalk. γ = π/V_π²; σ(γ) is absolute, so the relative deviation is σ/γ = 1.21 %.

    Args:
        gamma_std: σ(γ) in rad/V², of active and passive devices alike.
        v_pi: voltage of a phase of π.
        truncate: γ deviates by at most so many σ.
        omega: crosstalk of the closest heaters.
        crosstalk: ``"adjacent"``: ω between direct neighbours; ``"heaters"``: falling off with distance.
        heater_pitch_um: distance of columns and of ports, for ``"heaters"``.
        heater_decay_um: distance over which crosstalk falls to 1/e, for ``"heaters"``.
        heater_reach_um: no crosstalk beyond it, for ``"heaters"``.
        bias_std_rad: unknown phase of each device with no drive.
        coupler_std_rad: deviation of each coupler from 50:50, in rad of its angle.
        loss_db: loss of each device.
        detector_std: noise of each detector at each measurement, in units of amplitude.
        drive_bits: resolution of the drive of active devices; 0 for a continuous one.
        drive: ``"phase"``: even steps of phase over a turn; ``"voltage"``: even steps of voltage from 0 to
            `drive_v_max`, phase γV².
        drive_v_max: largest voltage, for ``"voltage"``.
        drift_rad: random walk of every phase, standard deviation after `drift_queries` queries.
        drift_queries: how often phases move.
    """

    gamma_std: float = 2e-3
    v_pi: float = 4.36
    truncate: float = 3.0
    omega: float = 2e-3
    crosstalk: Literal["adjacent", "heaters"] = "adjacent"
    heater_pitch_um: tuple[float, float] = (300.0, 60.0)
    heater_decay_um: float = 60.0
    heater_reach_um: float = 700.0
    bias_std_rad: float = 0.0
    coupler_std_rad: float = 0.0
    loss_db: float = 0.0
    detector_std: float = 0.0
    drive_bits: int = 0
    drive: Literal["phase", "voltage"] = "phase"
    drive_v_max: float = 10.8
    drift_rad: float = 0.0
    drift_queries: int = 100

    @property
    def gamma(self) -> float:
        """γ = π/V_π², rad/V².

        >>> model = ErrorModel()
        >>> round(model.gamma, 4), round(100 * model.gamma_std / model.gamma, 2)
        (0.1653, 1.21)
        """
        return float(np.pi / self.v_pi**2)

    def to_json(self) -> dict[str, Any]:
        """The model as plain JSON values."""
        return {**asdict(self), "heater_pitch_um": list(self.heater_pitch_um)}


NO_ERRORS = ErrorModel(gamma_std=0.0, omega=0.0)
"""A chip that is just as it was designed."""


@dataclass(frozen=True, eq=False)
class ChipErrors:
    """The fixed errors of one chip.

    Args:
        model: where they were drawn from.
        active: which devices have a heater, [phase].
        gamma_ratio: γᵛ/γ, [phase].
        crosstalk: Ω.
        bias_rad: [phase].
        coupler_rad: deviations of the first and second coupler, [2, phase].
        amplitude: what a device leaves of an amplitude, times the gain at attenuators, [phase].
        is_attenuator: [phase].
    """

    model: ErrorModel
    active: NDArray[np.bool_]
    gamma_ratio: Floats
    crosstalk: Crosstalk
    bias_rad: Floats
    coupler_rad: Floats
    amplitude: Floats
    is_attenuator: NDArray[np.bool_]

    def drive(self, commanded_rad: Floats) -> Floats:
        """The phase each device would have alone, Γ Q(φ), [phase]."""
        driven = np.where(self.active, _quantised(self.model, commanded_rad), commanded_rad)
        return self.gamma_ratio * driven

    def blocks(self, phase_rad: Floats, devices: NDArray[np.int64] | slice = slice(None)) -> NDArray[Any]:
        """The matrices of some devices at their real phases, [device, 2, 2].

        Of an attenuator, element [0, 0] is its transmission with the gain.
        """
        first, second = self.coupler_rad[:, devices]
        blocks = rotator(phase_rad + self.bias_rad[devices], first, second)
        return blocks * self.amplitude[devices, None, None]


def draw_errors(
    physical: MeshPhysical, active: NDArray[np.bool_], model: ErrorModel, seed: int
) -> ChipErrors:
    """Draw the errors of one chip; each kind of error from a stream of its own.

    Args:
        physical: the network.
        active: which devices have a heater, [phase].
        model: how chips differ.
        seed: which chip.

    Raises:
        ConfigError: a number of the model is out of range.
    """
    _check(model)
    count = physical.phase_count
    gamma = model.gamma + _truncated_normal(stream(seed, "gamma"), model.gamma_std, model.truncate, count)
    coupler = model.coupler_std_rad * stream(seed, "coupler").standard_normal((2, count))
    gain = np.where(physical.is_attenuator, physical.attenuator_gain, 1.0)
    return ChipErrors(
        model=model,
        active=active,
        gamma_ratio=gamma / model.gamma,
        crosstalk=_crosstalk(physical, active, model),
        bias_rad=model.bias_std_rad * stream(seed, "bias").standard_normal(count),
        coupler_rad=coupler,
        amplitude=gain * 10 ** (-model.loss_db / 20),
        is_attenuator=physical.is_attenuator,
    )


def stream(seed: int, what: str) -> np.random.Generator:
    """The random numbers of one kind for one chip."""
    return np.random.default_rng([_CHIP_STREAM, seed, _STREAMS[what]])


def _crosstalk(physical: MeshPhysical, active: NDArray[np.bool_], model: ErrorModel) -> Crosstalk:
    if model.crosstalk == "adjacent":
        return adjacent_crosstalk(physical, active, model.omega)
    return heater_crosstalk(
        physical,
        active,
        model.omega,
        pitch_um=model.heater_pitch_um,
        decay_um=model.heater_decay_um,
        reach_um=model.heater_reach_um,
    )


def _truncated_normal(random: np.random.Generator, std: float, limit: float, count: int) -> Floats:
    values = random.standard_normal(count)
    while (outside := np.abs(values) > limit).any():
        values[outside] = random.standard_normal(int(outside.sum()))
    return std * values


def _quantised(model: ErrorModel, commanded_rad: Floats) -> Floats:
    if model.drive_bits == 0:
        return commanded_rad
    if model.drive == "phase":
        step = TURN / 2**model.drive_bits
        return wrap(np.round(wrap(commanded_rad) / step) * step)
    step = model.drive_v_max / (2**model.drive_bits - 1)
    volts = np.sqrt(wrap(commanded_rad) / model.gamma)
    return np.asarray(model.gamma * (np.round(volts / step) * step) ** 2)


def _check(model: ErrorModel) -> None:
    for name in _NOT_NEGATIVE:
        if not 0 <= getattr(model, name) < np.inf:
            raise ConfigError(f"{name} must be 0 or more; got {getattr(model, name)}.")
    for name in _POSITIVE:
        if not 0 < getattr(model, name) < np.inf:
            raise ConfigError(f"{name} must be greater than 0; got {getattr(model, name)}.")
    if not 0 <= model.drive_bits <= 24:
        raise ConfigError(f"drive_bits must lie between 0 and 24; got {model.drive_bits}.")
