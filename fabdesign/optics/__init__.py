"""Scalar wave optics on tensors: grids, propagation, sources, objects and detectors."""

from fabdesign.optics.allocator import tune_allocator
from fabdesign.optics.detectors import detector_masks, intensity, powers_from_masks, rectangle_powers
from fabdesign.optics.diffract import default_micro_batch, diffract
from fabdesign.optics.encoders import encode_amplitude, encode_phase
from fabdesign.optics.grid import Grid, Slab
from fabdesign.optics.kernel import Kernel, build_kernel
from fabdesign.optics.pixels import block_sum, upsample
from fabdesign.optics.propagation import propagate
from fabdesign.optics.sampling import SamplingReport, check_sampling
from fabdesign.optics.sizes import good_size
from fabdesign.optics.sources import gaussian_beam, plane_wave
from fabdesign.optics.thick import Volume, build_volume, fill_of_heights, slice_edges, through_relief
from fabdesign.optics.transfer import Transfer

__all__ = [
    "Grid",
    "Kernel",
    "SamplingReport",
    "Slab",
    "Transfer",
    "Volume",
    "block_sum",
    "build_kernel",
    "build_volume",
    "check_sampling",
    "default_micro_batch",
    "detector_masks",
    "diffract",
    "encode_amplitude",
    "encode_phase",
    "fill_of_heights",
    "gaussian_beam",
    "good_size",
    "intensity",
    "plane_wave",
    "powers_from_masks",
    "propagate",
    "rectangle_powers",
    "slice_edges",
    "through_relief",
    "tune_allocator",
    "upsample",
]
