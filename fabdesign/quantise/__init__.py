"""How a trained layer gets the discrete levels that a process can make; one file per method."""

from fabdesign.quantise.base import Quantiser
from fabdesign.quantise.registry import default_table, make_quantiser, quantiser_class, quantiser_names

__all__ = ["Quantiser", "default_table", "make_quantiser", "quantiser_class", "quantiser_names"]
