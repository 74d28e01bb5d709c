"""Will it still work when it is printed? What each error does, what is allowed, and the yield of many copies.

Nothing here imports torch before something is simulated.
"""

from fabdesign.check.tolerance.attribution import Stage, attribute
from fabdesign.check.tolerance.cluster import dask_work
from fabdesign.check.tolerance.compensate import Compensators
from fabdesign.check.tolerance.inverse import Allowance, allowances
from fabdesign.check.tolerance.monte_carlo import Plan, run_sample, run_samples
from fabdesign.check.tolerance.run import Tolerance, make_plan, stated_plan, tolerance
from fabdesign.check.tolerance.sensitivity import Sensitivity, sensitivities
from fabdesign.check.tolerance.simulator import Simulator
from fabdesign.check.tolerance.summary import Distribution, MonteCarlo, Yield, summarise
from fabdesign.copies.device import Device
from fabdesign.copies.perturbation import Perturbation
from fabdesign.copies.registry import perturbations
from fabdesign.copies.state import DeviceState
from fabdesign.copies.terms import Term, terms_of

__all__ = [
    "Allowance",
    "Compensators",
    "Device",
    "DeviceState",
    "Distribution",
    "MonteCarlo",
    "Perturbation",
    "Plan",
    "Sensitivity",
    "Simulator",
    "Stage",
    "Term",
    "Tolerance",
    "Yield",
    "allowances",
    "attribute",
    "dask_work",
    "make_plan",
    "perturbations",
    "run_sample",
    "run_samples",
    "sensitivities",
    "stated_plan",
    "summarise",
    "terms_of",
    "tolerance",
]
