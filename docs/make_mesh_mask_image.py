"""Draw docs/images/mesh-mask.png from the masks of a mesh: the chip, one device, one coupler, one contact.

python -c "import numpy as np; np.save('u.npy', np.fft.fft(np.eye(4)) / 2)"
fabdesign mesh --matrix u.npy --unitary --mesh clements --out fourier.safetensors
fabdesign export fourier.safetensors --gds --out out
python docs/make_mesh_mask_image.py out/fourier-layer00.gds
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from fabdesign.check.circuit.files import open_chip_file
from fabdesign.export.circuit.shapes import MARKS
from fabdesign.export.masks.compose import OUTLINE_LAYER
from fabdesign.plot import draw_masks, render
from fabdesign.process import load_profile


def main(path: Path) -> None:
    """Read the file back, and draw what it holds."""
    file = open_chip_file(path)
    if file.process is None:
        raise SystemExit(f"{path} names no process")
    photonic = load_profile(file.process[0]).photonic
    if photonic is None:
        raise SystemExit(f"{file.process[0]} makes no photonic chips")
    unit_um = file.contents.unit_um
    polygons_um = {
        name: [points * unit_um for points in own] for name, own in file.polygons(photonic).items()
    }
    marks = [
        boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) * unit_um
        for (layer, datatype), boxes in file.contents.rectangles.items()
        if datatype == MARKS and layer != OUTLINE_LAYER
    ]
    polygons_um["marks"] = list(np.concatenate(marks))
    x0, y0, x1, y1 = (float(at) for at in file.contents.rectangles[OUTLINE_LAYER, 0][0] * unit_um)
    figure = draw_masks(
        polygons_um,
        box_um=(x0, y0, x1, y1),
        details=[
            ("one device: φ, coupler, θ, coupler", (0.0, -20.0, 720.0, 460.0)),
            ("a coupler", (284.0, 110.0, 335.0, 144.0)),
            ("a contact", (216.0, 48.0, 264.0, 80.0)),
        ],
    )
    target = Path(__file__).parent / "images" / "mesh-mask.png"
    target.write_bytes(render(figure))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
