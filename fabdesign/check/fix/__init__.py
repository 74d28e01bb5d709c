"""Proposing a cleaned design: fewer features that a process cannot make, within a budget of phase."""

from fabdesign.check.fix.clean import Cleaning, clean_levels
from fabdesign.check.fix.propose import Proposal, propose_fix

__all__ = ["Cleaning", "Proposal", "clean_levels", "propose_fix"]
