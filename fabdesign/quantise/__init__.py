"""How a trained layer gets the discrete levels that a process can make; one file per method."""

from fabdesign.quantise.base import Quantiser
from fabdesign.quantise.registry import (
    default_table,
    make_quantiser,
    parsed_options,
    quantiser_class,
    quantiser_names,
)
from fabdesign.quantise.relaxed import Relaxed

__all__ = [
    "Quantiser",
    "Relaxed",
    "default_table",
    "make_quantiser",
    "parsed_options",
    "quantiser_class",
    "quantiser_names",
]
