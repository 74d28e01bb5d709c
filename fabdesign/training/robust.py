"""Training that knows the process: every step sees copies of the device with errors of their own.

Random misalignment in training was proposed as *vaccination* (Mengu et al., Nanophotonics 9, 4207 (2020),
arXiv 2005.11464); here every error of `fabdesign.copies` can be drawn, from the distributions of a process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from fabdesign.config import Project
from fabdesign.copies import TRIAL, Term, draw, perturbations, terms_of
from fabdesign.copies.amounts import parse_amount
from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.network.blank import Blank, BlankCopy
from fabdesign.network.copied import THIN_ONLY
from fabdesign.process import LevelTable, Profile

STREAM = 0x65727273
"""Keeps the copies of a training apart from those that `fabdesign tolerance` judges with the same seed."""


@dataclass(frozen=True, eq=False)
class ProcessErrors:
    """The errors that copies in training draw.

    Args:
        blank: the device.
        terms: what errs, with amounts.
        left_out: errors that do not enter, each with the reason.
        seed: copy i draws from (seed, i), as in the tolerance engine.
        scale: factor on all standard deviations.
        share: of the copies that err; the others have the errors that every copy has.
        copies: in each step.
        warm_up: share of training in which errors grow.
    """

    blank: Blank
    terms: tuple[Term, ...]
    left_out: Mapping[str, str]
    seed: int
    scale: float
    share: float
    copies: int
    warm_up: float

    @classmethod
    def of(cls, project: Project, physical: Physical, profile: Profile, table: LevelTable) -> "ProcessErrors":
        """Bind the errors of a process to a project's device.

        Raises:
            ConfigError: an error does not exist or has no size, or there is none at all.
        """
        asked = project.train.robustness
        blank = Blank(physical, project.optics.pixels, table.height_um, profile, asked.built)
        terms = terms_of(blank.device, _sizes(asked.sizes), asked.errors)
        unknown = {term.name: f"no number in {profile.name}" for term in terms if term.mark == TRIAL}
        if project.optics.model == "thick":
            unknown |= {term.name: "not known to thick layers" for term in terms if term.name in THIN_ONLY}
        sized = tuple(term for term in terms if term.name not in unknown and term.amount != 0)
        _check(asked.errors is not None, unknown, sized, profile)
        return cls(
            blank=blank,
            terms=sized,
            left_out=unknown,
            seed=draw_seed(project.train.seed),
            scale=asked.scale,
            share=asked.share,
            copies=asked.copies,
            warm_up=asked.warm_up,
        )

    def of_step(self, step: int, progress: float) -> list[BlankCopy]:
        """Return the copies of a step; they depend on its number alone.

        Args:
            step: 0, 1, …
            progress: 0 at the first step of training, 1 at the last.
        """
        grown = self.scale * (min(1.0, progress / self.warm_up) if self.warm_up > 0 else 1.0)
        return [self.copy(step * self.copies + number, grown) for number in range(self.copies)]

    def copy(self, sample: int, scale: float = 1.0) -> BlankCopy:
        """Return one copy by its number.

        Args:
            sample: its number.
            scale: factor on all standard deviations.
        """
        chance = np.random.default_rng([STREAM, self.seed, sample]).random()
        errs = chance < self.share
        return self.blank.copy(
            (
                term,
                term.amount * (scale if term.perturbation.distribution == "normal" else 1.0),
                draw(term, self.seed, sample),
            )
            for term in self.terms
            if errs or term.perturbation.distribution == "fixed"
        )

    def to_json(self) -> dict[str, Any]:
        """What was drawn, as plain JSON values."""
        device = self.blank.device
        return {
            "process": device.profile.name,
            "process_version": device.profile.header.version,
            "built": device.built,
            "terms": [term.to_json() for term in self.terms],
            "left_out": dict(sorted(self.left_out.items())),
            "seed": self.seed,
            "scale": self.scale,
            "share": self.share,
            "copies": self.copies,
            "warm_up": self.warm_up,
        }


def draw_seed(train_seed: int) -> int:
    """Return the seed of the draws of a training.

    >>> draw_seed(0) != draw_seed(1)
    True
    """
    return int(np.random.SeedSequence([STREAM, train_seed]).generate_state(1, np.uint64)[0])


def parts_of_batch(examples: int, copies: int) -> Sequence[slice]:
    """Return the examples that each copy of a step sees: nearly equal parts, or all if there are too few.

    >>> parts_of_batch(5, 2), parts_of_batch(1, 2)
    ([slice(0, 3, None), slice(3, 5, None)], [slice(0, 1, None), slice(0, 1, None)])
    """
    if examples < copies:
        return [slice(0, examples)] * copies
    ends = [-(-examples * number // copies) for number in range(copies + 1)]
    return [slice(first, last) for first, last in pairwise(ends)]


def _check(named: bool, unknown: Mapping[str, str], sized: Sequence[Term], profile: Profile) -> None:
    if named and unknown:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in sorted(unknown.items()))
        raise ConfigError(
            f"train.robustness.errors names errors that cannot enter: {reasons}.",
            hint="Give sizes in [train.robustness.sizes], or leave these errors out.",
        )
    if not sized:
        raise ConfigError(
            f"train.robust needs errors: {profile.name} states none that can enter.",
            hint='Give sizes in [train.robustness.sizes], such as layer-shift = "0.2 um".',
        )


def _sizes(written: dict[str, float | str]) -> dict[str, float]:
    known = perturbations()
    return {
        name: parse_amount(known[name], text, f"train.robustness.sizes.{name}") if name in known else 0.0
        for name, text in written.items()
    }
