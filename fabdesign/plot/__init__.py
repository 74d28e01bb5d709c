"""Figures from plain arrays: each ``draw_`` function returns a figure, ``render`` turns it into bytes."""

from fabdesign.plot.bars import draw_bars
from fabdesign.plot.bench import Piece, draw_bench
from fabdesign.plot.confusion import draw_confusion, draw_confusions
from fabdesign.plot.cuts import draw_cut
from fabdesign.plot.detectors import Region, draw_detector_plane
from fabdesign.plot.dispersion import Curve, draw_dispersion
from fabdesign.plot.examples import Row, draw_examples
from fabdesign.plot.figure import PictureFormat, picture_format_of, render
from fabdesign.plot.histograms import draw_level_histograms
from fabdesign.plot.layers import draw_level_map, draw_level_maps, draw_phase_map, phase_colours
from fabdesign.plot.levels import draw_level_table
from fabdesign.plot.masks import draw_masks
from fabdesign.plot.meshes import draw_matrices, draw_phase_histogram
from fabdesign.plot.places import Marks, draw_places, drawn_every
from fabdesign.plot.tolerance import draw_sensitivities, draw_yield
from fabdesign.plot.training import draw_training

__all__ = [
    "Curve",
    "Marks",
    "PictureFormat",
    "Piece",
    "Region",
    "Row",
    "draw_bars",
    "draw_bench",
    "draw_confusion",
    "draw_confusions",
    "draw_cut",
    "draw_detector_plane",
    "draw_dispersion",
    "draw_examples",
    "draw_level_histograms",
    "draw_level_map",
    "draw_level_maps",
    "draw_level_table",
    "draw_masks",
    "draw_matrices",
    "draw_phase_histogram",
    "draw_phase_map",
    "draw_places",
    "draw_sensitivities",
    "draw_training",
    "draw_yield",
    "drawn_every",
    "phase_colours",
    "picture_format_of",
    "render",
]
