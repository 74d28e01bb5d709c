"""KLayout in batch loads our layouts from their files and finds the area of every mask."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from fabdesign.export import export_design
from tests.export.devices import make_design

LEVELS = np.random.default_rng(11).integers(0, 8, (24, 20))
PITCH_UM = 2.0
SCRIPT = """
import sys, klayout.db as db
layout = db.Layout()
layout.read(sys.argv[1])
box = db.DBox(-20, -24, 20, 24)
for layer in layout.layer_infos():
    found = db.Region(layout.top_cell().begin_shapes_rec(layout.layer(layer)))
    inside = found & db.Region(box.to_itype(layout.dbu))
    print(layer.layer, layer.datatype, inside.area() * layout.dbu**2)
"""


@pytest.mark.parametrize("format", ["gds", "oasis"])
def test_areas_are_those_of_the_bits(tmp_path, format):
    """What is drawn is etched away: the bits of the depth below the highest level."""
    result = export_design(make_design(LEVELS, pitch_um=PITCH_UM), tmp_path, format)
    path = result.paths[0]
    command = [sys.executable, "-c", SCRIPT, str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    rows = [line.split() for line in answer.stdout.splitlines()]
    areas = {(int(layer), int(datatype)): float(area) for layer, datatype, area in rows}
    for bit in range(3):
        assert areas[bit + 1, 0] / PITCH_UM**2 == np.count_nonzero((7 - LEVELS) >> bit & 1)
