"""Sweeps: many trainings side by side, their table and their figures."""

from fabdesign.training.sweep.cells import Cell, cells_of
from fabdesign.training.sweep.pool import SweepEvent, run_sweep
from fabdesign.training.sweep.table import Summary, summarise
from fabdesign.training.sweep.write import write_results

__all__ = ["Cell", "Summary", "SweepEvent", "cells_of", "run_sweep", "summarise", "write_results"]
