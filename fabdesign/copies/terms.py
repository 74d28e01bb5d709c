"""The perturbations of one device with their amounts, each with the source of its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Perturbation
from fabdesign.copies.registry import perturbations
from fabdesign.errors import ConfigError

TRIAL = "trial"
"""Mark of an amount that is no statement on the process: a step to find the sensitivity with."""
USER = "user"
"""Mark of an amount that the user gave."""


@dataclass(frozen=True)
class Term:
    """One perturbation of a device, with its amount.

    Args:
        perturbation: how it acts.
        amount: standard deviation or half range, in the perturbation's unit.
        mark: measured, vendor, literature, assumed, user or trial.
        source: where the amount stands: profile, key and note.
        labels: its independent elements.
        count: how many numbers it draws.
    """

    perturbation: Perturbation
    amount: float
    mark: str
    source: str
    labels: tuple[str, ...]
    count: int

    @property
    def name(self) -> str:
        """The name of the perturbation."""
        return self.perturbation.name

    @property
    def stated(self) -> bool:
        """Whether process or user state the amount, so that it may enter a yield."""
        return self.mark != TRIAL

    def to_json(self) -> dict[str, Any]:
        """The term as plain JSON values."""
        return {
            "name": self.name,
            "title": self.perturbation.title,
            "unit": self.perturbation.unit,
            "distribution": self.perturbation.distribution,
            "amount": self.amount,
            "mark": self.mark,
            "source": self.source,
            "elements": list(self.labels),
        }


def terms_of(
    device: Device, amounts: Mapping[str, float] | None = None, only: Iterable[str] | None = None
) -> tuple[Term, ...]:
    """Bind every perturbation that means something for a device.

    Args:
        device: the device and its process.
        amounts: amounts in place of the profile's, by name.
        only: names of the perturbations to keep; all where None.

    Raises:
        ConfigError: a name that does not exist, or a negative amount.
    """
    known = perturbations()
    chosen = list(known) if only is None else list(dict.fromkeys(only))
    given = dict(amounts or {})
    for name in [*chosen, *given]:
        _check_name(name, known)
    terms = [_bind(known[name], device, given.get(name)) for name in chosen if known[name].applies(device)]
    return tuple(terms)


def _check_name(name: str, known: Mapping[str, Perturbation]) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        raise ConfigError(
            f"a perturbation must be one of {', '.join(known)}; got {name!r}.",
            hint=f"Did you mean {near[0]!r}?" if near else None,
        )


def _bind(perturbation: Perturbation, device: Device, given: float | None) -> Term:
    amount, mark, source = _amount(perturbation, device, given)
    return Term(perturbation, amount, mark, source, perturbation.labels(device), perturbation.draws(device))


def _amount(perturbation: Perturbation, device: Device, given: float | None) -> tuple[float, str, str]:
    if given is not None:
        if not (given >= 0 or perturbation.signed):
            raise ConfigError(f"the amount of {perturbation.name} must not be negative; got {given}.")
        return given, USER, "given by the user"
    numbers = device.profile.numbers()
    for pattern in perturbation.keys:
        key = pattern.format(built=device.built)
        if key in numbers:
            number = numbers[key]
            note = f"; {number.note}" if number.note else ""
            value = float(number.value) * perturbation.scale
            return value, number.mark, f"{device.profile.name}: {key} ({number.source}{note})"
    return perturbation.trial, TRIAL, f"no number in {device.profile.name}; a trial step"
