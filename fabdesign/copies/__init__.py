"""Copies of a device with the errors of its process: what errs, by how much, and what a random copy draws."""

from fabdesign.copies.device import Assembly, Device
from fabdesign.copies.draws import Groups, check_groups, draw
from fabdesign.copies.perturbation import Perturbation
from fabdesign.copies.registry import perturbations
from fabdesign.copies.sample import copy_with, element_draws, sample_copy
from fabdesign.copies.state import DeviceState
from fabdesign.copies.terms import TRIAL, USER, Term, terms_of

__all__ = [
    "TRIAL",
    "USER",
    "Assembly",
    "Device",
    "DeviceState",
    "Groups",
    "Perturbation",
    "Term",
    "check_groups",
    "copy_with",
    "draw",
    "element_draws",
    "perturbations",
    "sample_copy",
    "terms_of",
]
