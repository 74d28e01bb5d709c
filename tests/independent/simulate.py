"""An independent simulator: STL files and the design's physical record in, read-out and score out.

Nothing of fabdesign is used: the STL is parsed with numpy alone, heights are found by testing pixel centres
against triangles, the record is read from the raw JSON in the design file's head, and light is propagated in
double precision by the angular spectrum on a field 16 times as wide as the device, without wrap-around.

    python tests/independent/simulate.py --design design.safetensors --stl layer*.stl
"""

import argparse
import base64
import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

DIGITS = Path(__file__).parents[2] / "fabdesign" / "tasks" / "data" / "mnist_small.npz"
_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corner", "<f4", (3, 3)), ("attribute", "<u2")])
SCORES = {
    "argmax": "accuracy",
    "pairs": "accuracy",
    "phase-image": "phase_error_rad",
    "target-image": "target_efficiency",
}
_WIDER = 16
_WIDEST = 4096


def read_physical(design: Path) -> dict[str, Any]:
    """The physical record out of the head of a safetensors file."""
    data = design.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    record = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["fabdesign"])
    return dict(record["physical"])


def read_heights(stl: Path, pitch_um: float, base_um: float) -> NDArray[np.float64]:
    """Height above the base at every pixel's centre, [y, x], from the faces that look up."""
    triangles = np.frombuffer(stl.read_bytes()[84:], dtype=_TRIANGLE)["corner"].astype(np.float64)
    lowest, highest = triangles.min(axis=(0, 1)), triangles.max(axis=(0, 1))
    nx, ny = (round(side / pitch_um) for side in (highest - lowest)[:2])
    x = (np.arange(nx) - (nx - 1) / 2) * pitch_um
    y = (np.arange(ny) - (ny - 1) / 2) * pitch_um
    height = np.full((ny, nx), np.nan)
    edge1, edge2 = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    upward = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0] > 0
    for (ax, ay, az), (bx, by, bz), (cx, cy, cz) in triangles[upward]:
        columns = np.flatnonzero((x >= min(ax, bx, cx)) & (x <= max(ax, bx, cx)))
        rows = np.flatnonzero((y >= min(ay, by, cy)) & (y <= max(ay, by, cy)))
        if not len(columns) or not len(rows):
            continue
        px, py = np.meshgrid(x[columns], y[rows])
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        beta = ((px - ax) * (cy - ay) - (cx - ax) * (py - ay)) / area
        gamma = ((bx - ax) * (py - ay) - (px - ax) * (by - ay)) / area
        inside = (beta >= -1e-9) & (gamma >= -1e-9) & (beta + gamma <= 1 + 1e-9)
        above = az + beta * (bz - az) + gamma * (cz - az) - lowest[2] - base_um
        place = np.ix_(rows, columns)
        height[place] = np.where(inside, np.fmax(height[place], above), height[place])
    if np.isnan(height).any():
        raise SystemExit(f"{stl}: {np.isnan(height).sum()} pixels have no top face")
    return height


class Simulator:
    """Light through thin square-pixel layers, sampled on square samples of pitch / samples."""

    def __init__(
        self, physical: dict[str, Any], heights: list[NDArray[np.float64]], samples: int = 2
    ) -> None:
        self.physical = physical
        self.samples = samples
        self.spacing = physical["pitch_um"] / samples
        ny, nx = heights[0].shape
        self.y = (np.arange(ny * samples) - (ny * samples - 1) / 2) * self.spacing
        self.x = (np.arange(nx * samples) - (nx * samples - 1) / 2) * self.spacing
        contrast = physical["material"]["index"] - physical["medium"]["index"]
        wave = 2 * math.pi * contrast / physical["wavelength_um"]
        block = np.ones((samples, samples))
        self.layers = [np.exp(1j * wave * np.kron(height, block)) for height in heights]
        built = {json.dumps(space): self._transfer(space) for space in physical["spaces"]}
        self.transfer = [built[json.dumps(space)] for space in physical["spaces"]]
        self.masks = [self._mask(detector) for detector in physical["detectors"]]

    def _transfer(self, space: list[dict[str, Any]]) -> NDArray[np.complex128]:
        """Spectrum of the linear convolution: built on a much wider field, cut to what can meet."""
        wide = [min(_WIDER * n, max(_WIDEST, 2 * n)) for n in (len(self.y), len(self.x))]
        fy, fx = (fft.fftfreq(n, self.spacing) for n in wide)
        across = fy[:, None] ** 2 + fx[None] ** 2
        phase, passes = np.zeros(across.shape), np.ones(across.shape, dtype=bool)
        for slab in space:
            axial = (slab["index"] / self.physical["wavelength_um"]) ** 2 - across
            passes &= axial > 0
            phase += 2 * math.pi * slab["thickness_um"] * np.sqrt(np.maximum(axial, 0))
        response = fft.ifft2(passes * np.exp(1j * phase), overwrite_x=True)
        rows, columns = (np.arange(1 - n, n) for n in (len(self.y), len(self.x)))
        cut = np.zeros([fft.next_fast_len(2 * n) for n in (len(self.y), len(self.x))], dtype=np.complex128)
        cut[np.ix_(rows, columns)] = response[np.ix_(rows, columns)]
        return np.asarray(fft.fft2(cut))

    def _mask(self, detector: dict[str, Any]) -> NDArray[np.float64]:
        """Covered share of every sample."""
        shares = []
        for axis, positions in ((1, self.y), (0, self.x)):
            low = detector["centre_um"][axis] - detector["size_um"][axis] / 2
            high = detector["centre_um"][axis] + detector["size_um"][axis] / 2
            covered = np.minimum(positions + self.spacing / 2, high) - np.maximum(
                positions - self.spacing / 2, low
            )
            shares.append(np.clip(covered, 0, None) / self.spacing)
        return np.outer(*shares)

    def encode(self, image: NDArray[np.float64]) -> NDArray[np.complex128]:
        """The field behind the object; an image's first row is its top, at the largest y."""
        encoder, source = self.physical["encoder"], self.physical["source"]
        light = np.ones((len(self.y), len(self.x)), dtype=np.complex128)
        if source["kind"] == "gaussian":
            light = light * np.exp(-(self.x[None] ** 2 + self.y[:, None] ** 2) / source["waist_um"] ** 2)
        if encoder is None:
            return light
        upright = image[::-1]
        ny, nx = upright.shape
        column = (self.x - encoder["centre_um"][0]) / encoder["pixel_um"] + nx / 2
        row = (self.y - encoder["centre_um"][1]) / encoder["pixel_um"] + ny / 2
        inside = np.outer((row > 0) & (row < ny), (column > 0) & (column < nx))
        i, j = np.clip(row.astype(int), 0, ny - 1), np.clip(column.astype(int), 0, nx - 1)
        values = upright[np.ix_(i, j)]
        drawn = np.exp(1j * encoder["depth_rad"] * values) if encoder["kind"] == "phase" else values
        return light * np.where(inside, drawn, 1.0 if encoder["outside"] == "transparent" else 0.0)

    def intensity(self, image: NDArray[np.float64]) -> NDArray[np.float64]:
        """Intensity on the samples of the detector plane for an image with values from 0 to 1."""
        field = self.encode(image)
        ny, nx = field.shape
        for k, transfer in enumerate(self.transfer):
            spectrum = fft.fft2(field, s=transfer.shape, workers=-1) * transfer
            field = fft.ifft2(spectrum, workers=-1, overwrite_x=True)[:ny, :nx]
            if k < len(self.layers):
                field = field * self.layers[k]
        return np.asarray(np.abs(field) ** 2)

    def powers(self, image: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power in each detector for an image with values from 0 to 1."""
        intensity = self.intensity(image) * self.spacing**2
        return np.array([(intensity * mask).sum() for mask in self.masks])

    def picture(self, image: NDArray[np.float64]) -> NDArray[np.float64]:
        """Power on each square of the picture, row 0 at the top, for an image with values from 0 to 1."""
        readout, intensity = self.physical["readout"], self.intensity(image)
        (rows, columns), side = readout["pixels"], readout["pixel_um"]
        powers = np.empty((rows, columns))
        for i, j in np.ndindex(rows, columns):
            centre = [
                readout["centre_um"][0] + (j - (columns - 1) / 2) * side,
                readout["centre_um"][1] + ((rows - 1) / 2 - i) * side,
            ]
            square = self._mask({"centre_um": centre, "size_um": [side, side]})
            powers[i, j] = (intensity * square).sum() * self.spacing**2
        return powers

    def score(self, images: NDArray[np.float64], labels: NDArray[np.integer]) -> float:
        """The score that the read-out's kind stands for: accuracy, mean phase error in rad, or efficiency."""
        readout = self.physical["readout"]
        match readout["kind"]:
            case "argmax":
                answers = [self.powers(image).argmax() for image in images]
                return float(np.mean(answers == labels))
            case "pairs":
                powers = np.array([self.powers(image) for image in images])
                plus, minus = powers[:, 0::2], powers[:, 1::2]
                return float(np.mean(((plus - minus) / (plus + minus)).argmax(axis=1) == labels))
            case "phase-image":
                scale = readout["gain"] / readout["pixel_um"] ** 2
                seen = np.array([scale * self.picture(image) for image in images])
                return float(np.abs(seen - images).mean() * self.physical["encoder"]["depth_rad"])
            case "target-image":
                raw = base64.b64decode(readout["target"])
                wanted = np.frombuffer(raw, np.uint8).reshape(readout["pixels"]) > 0
                return float(self.picture(images[0])[wanted].sum() / self.light())
        raise SystemExit(f"unknown read-out {readout['kind']}")

    def light(self) -> float:
        """The power of the source: over the aperture, or of the whole Gaussian beam."""
        source = self.physical["source"]
        if source["kind"] == "gaussian":
            return math.pi * source["waist_um"] ** 2 / 2
        return len(self.y) * len(self.x) * self.spacing**2


def from_files(design: Path, stl: list[Path], samples: int = 2) -> Simulator:
    """The device that the STL files hold, in the order they are named."""
    physical = read_physical(design)
    heights = []
    for path, space in zip(stl, physical["spaces"][:-1], strict=True):
        base = sum(slab["thickness_um"] for slab in space if slab["what"] == "base")
        heights.append(read_heights(path, physical["pitch_um"], base))
    return Simulator(physical, heights, samples)


def main() -> None:
    """Print the score on the test images as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--design", type=Path, required=True)
    parser.add_argument("--stl", type=Path, nargs="+", required=True)
    parser.add_argument("--data", type=Path, default=DIGITS, help="npz with test_images and test_labels")
    parser.add_argument("--samples-per-pixel", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None)
    args = parser.parse_args()
    simulator = from_files(args.design, sorted(args.stl), args.samples_per_pixel)
    with np.load(args.data) as data:
        images, labels = data["test_images"][: args.limit] / 255.0, data["test_labels"][: args.limit]
    name = SCORES[simulator.physical["readout"]["kind"]]
    score = simulator.score(images, labels)
    right = {"right": round(score * len(labels))} if name == "accuracy" else {}
    print(json.dumps({name: score, **right, "count": len(labels)}))


if __name__ == "__main__":
    main()
