"""From a physical record to detector powers: kernels, source, encoder, layers and detectors in one place."""

from fabdesign.network.bench import Bench, Relief
from fabdesign.network.network import DiffractiveNetwork, FrozenNetwork, Model, from_design
from fabdesign.network.physical import physical_record, process_table

__all__ = [
    "Bench",
    "DiffractiveNetwork",
    "FrozenNetwork",
    "Model",
    "Relief",
    "from_design",
    "physical_record",
    "process_table",
]
