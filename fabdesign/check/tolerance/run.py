"""The whole answer: attribution, sensitivities, allowances and Monte Carlo of one design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.optical_model import optical_model
from fabdesign.check.tolerance.attribution import Stage, attribute
from fabdesign.check.tolerance.compensate import Compensators
from fabdesign.check.tolerance.inverse import DROP, Allowance, allowances
from fabdesign.check.tolerance.monte_carlo import NONE, Plan, Record, Work, run_samples, simulator_of
from fabdesign.check.tolerance.sensitivity import Progress, Sensitivity, sensitivities
from fabdesign.check.tolerance.simulator import Simulator
from fabdesign.check.tolerance.summary import MonteCarlo, summarise
from fabdesign.copies.device import Assembly, Device
from fabdesign.copies.terms import Term, terms_of
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile

if TYPE_CHECKING:
    from fabdesign.network.network import Model

SPEC_DROP = 0.03
"""The spec where none is given: the score as designed less 3 points."""
SAMPLES_PER_PIXEL = {"thin": 2, "thick": 3}
"""Where nothing else is said; with two the thick model is as wrong as thin masks."""
ALL_PARTS = ("attribution", "sensitivity", "inverse", "monte-carlo")


@dataclass(frozen=True)
class Tolerance:
    """What is known about a design that will be printed.

    Attributes:
        record: design, process, data, model and seed that the numbers belong to.
        terms: the perturbations with their amounts and sources, assumed ones first.
        stages: the score after each stage.
        sensitivities: the score at ± each amount, the worst first; empty where not asked for.
        allowances: what the device can bear, the smallest margin first; empty where not asked for.
        monte_carlo: yield and distribution; None where not asked for.
    """

    record: dict[str, Any]
    terms: tuple[Term, ...]
    stages: tuple[Stage, ...] = ()
    sensitivities: tuple[Sensitivity, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    monte_carlo: MonteCarlo | None = None

    def to_json(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            **self.record,
            "terms": [term.to_json() for term in self.terms],
            "attribution": [stage.to_json() for stage in self.stages],
            "sensitivity": [row.to_json() for row in self.sensitivities],
            "inverse": [row.to_json() for row in self.allowances],
            "monte_carlo": None if self.monte_carlo is None else self.monte_carlo.to_json(),
        }


def make_plan(
    design: Design,
    profile: Profile,
    *,
    assembly: Assembly | None = None,
    amounts: Mapping[str, float] | None = None,
    only: Iterable[str] | None = None,
    groups: Iterable[Iterable[str]] = (),
    compensators: Compensators = NONE,
    seed: int = 0,
    data: str | Path | None = None,
    limit: int | None = None,
    samples_per_pixel: int | None = None,
    model: Model | None = None,
) -> Plan:
    """Bind a design to its process and choose what errs.

    Args:
        design: a design with an optical task.
        profile: the process that will make it.
        assembly: ``"stack"`` or ``"plates"``; left out: what the profile has numbers for.
        amounts: amounts in place of the profile's, by the name of the perturbation.
        only: names of the perturbations to consider; all where None.
        groups: perturbations that err together, ``-name`` the other way.
        compensators: what is set after assembly.
        seed: of everything random.
        data: a data set in place of the design's.
        limit: only so many of the first test examples.
        samples_per_pixel: samples along each side of a pixel; left out: 2, and 3 with the thick model.
        model: "thin" or "thick"; left out: the one that the design was made with.

    Raises:
        ConfigError: the design has no optical task, or a name does not exist.
    """
    if not design.physical.has_task:
        raise ConfigError(
            "the design must describe an optical task to be judged; it has no source or detectors.",
            hint="Only designs that `fabdesign train` made carry a task; imported phases do not.",
        )
    device = Device(design, profile, assembly)
    return Plan(
        device=device,
        terms=terms_of(device, amounts, only),
        seed=seed,
        groups=tuple(tuple(group) for group in groups),
        compensators=compensators,
        data=None if data is None else str(data),
        limit=limit,
        samples_per_pixel=samples_per_pixel or SAMPLES_PER_PIXEL[model or optical_model(design).name],
        model=model,
    )


def tolerance(
    plan: Plan,
    *,
    parts: Iterable[str] = ALL_PARTS,
    samples: int = 200,
    spec: float | None = None,
    drop: float | None = None,
    read_back_um: NDArray[np.float64] | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    work: Work | None = None,
    progress: Progress | None = None,
) -> tuple[Tolerance, list[Record]]:
    """Judge a design as it will be printed.

    Args:
        plan: design, process and what errs.
        parts: which answers are wanted, of `ALL_PARTS`.
        samples: random copies of the Monte Carlo run.
        spec: score that a copy must reach; the designed one less 3 points, or less 3 % of one in decibels or
            radians, where None.
        drop: loss of the score that the inverse tolerances allow; 2 points, or 2 %, where None.
        read_back_um: heights read from files, for the attribution.
        checkpoint: file that keeps finished copies.
        resume: go on from it.
        work: computes copies elsewhere.
        progress: told how far it is.

    Returns:
        The answers, and the record of every copy.

    Raises:
        ConfigError: the checkpoint belongs to another run, or nothing errs.
    """
    wanted = set(parts)
    simulator = simulator_of(plan)
    rows: list[Sensitivity] = []
    if wanted & {"sensitivity", "inverse"}:
        rows = sensitivities(simulator, plan.terms, seed=plan.seed, progress=progress)
    allowed: list[Allowance] = []
    if "inverse" in wanted:
        loss = simulator.points(DROP) if drop is None else drop
        allowed = allowances(simulator, plan.terms, rows, drop=loss, seed=plan.seed, progress=progress)
    found: MonteCarlo | None = None
    records: list[Record] = []
    if "monte-carlo" in wanted:
        stated = stated_plan(plan)
        records = run_samples(
            stated, samples, checkpoint=checkpoint, resume=resume, work=work, progress=progress
        )
        found = _summary(stated, simulator, records, spec)
    result = Tolerance(
        record=_record(plan, simulator),
        terms=tuple(sorted(plan.terms, key=lambda term: (_TRUST.index(term.mark), term.name))),
        stages=tuple(attribute(simulator, read_back_um)) if "attribution" in wanted else (),
        sensitivities=tuple(rows),
        allowances=tuple(allowed),
        monte_carlo=found,
    )
    return result, records


_TRUST = ("assumed", "user", "literature", "vendor", "measured", "trial")


def stated_plan(plan: Plan) -> Plan:
    """The same run with those perturbations alone whose amount process or user state.

    Raises:
        ConfigError: there is none.
    """
    stated = tuple(term for term in plan.terms if term.stated and term.amount != 0)
    if not stated:
        raise ConfigError(
            f"no perturbation has an amount: {plan.device.profile.name} states none.",
            hint="Give some, such as --set layer-shift=0.2, or another profile with --process.",
        )
    return Plan(**{**vars_of(plan), "terms": stated})


def vars_of(plan: Plan) -> dict[str, Any]:
    """The arguments that a plan was made of."""
    return {name: getattr(plan, name) for name in Plan.__dataclass_fields__}


def _summary(plan: Plan, simulator: Simulator, records: list[Record], spec: float | None) -> MonteCarlo:
    nominal = simulator.nominal[simulator.headline]
    return summarise(
        plan,
        records,
        metric=simulator.headline,
        nominal=nominal,
        spec=simulator.worse_by(simulator.points(SPEC_DROP)) if spec is None else spec,
        lower=simulator.lower_is_better,
    )


def _record(plan: Plan, simulator: Simulator) -> dict[str, Any]:
    device = plan.device
    return {
        "design": device.design.content_hash,
        "process": device.profile.name,
        "built": device.built,
        "metric": simulator.headline,
        "nominal": simulator.nominal,
        "data": simulator.data_name,
        "data_hash": simulator.data_hash,
        "examples": simulator.examples,
        "samples_per_pixel": plan.samples_per_pixel,
        "seed": plan.seed,
        "groups": [list(group) for group in plan.groups],
        "compensators": plan.compensators.to_json(),
        "model": optical_model(device.design, plan.model).to_dict(),
        "plan": plan.fingerprint,
    }
