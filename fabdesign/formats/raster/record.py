"""The record beside a grey image, and inside it where the format allows: what its values mean."""

from __future__ import annotations

import json
import re
from typing import Annotated, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fabdesign.errors import FileFormatError

FORMAT: Final = "fabdesign-raster 1.0"
ORIENTATION = (
    "image row 0 is the top, the largest y; column 0 is the left, the smallest x; "
    "seen from the relief side (from +z)"
)
CORNER = "outer corner of the lower left pixel: last row, column 0"
DRAWN = "x to the right, y upwards, centred on the origin; seen from the relief side (from +z)"
DRAWN_CORNER = "outer corner of the lower left pixel: smallest x and y"
LINEAR = "height_um = a_um + b_um * value"
CURVE = "height_um = straight lines through (grey, curve_um) at value, minus zero_um"
MOST_VALUE = 65535

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,149}\Z")
_MOST_BYTES = 16 << 20

Finite = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
Value = Annotated[int, Field(ge=0, le=MOST_VALUE)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

Kind = Literal["height-map", "dose-map", "dose-planes", "grey-layers"]
"""What values are: heights, doses, doses spread over exposures, or doses as numbers of GDSII layers."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinearScale(_Part):
    """Height in proportion to the value: a + b value."""

    kind: Literal["linear"] = "linear"
    formula: str = LINEAR
    a_um: Length
    b_um: Length

    @field_validator("b_um")
    @classmethod
    def _rises_or_falls(cls, b_um: float) -> float:
        if b_um == 0:
            raise ValueError("must not be 0: every value would be one height")
        return b_um

    def heights_um(self, values: NDArray[np.integer]) -> NDArray[np.float64]:
        """Heights above the base that values stand for, um.

        >>> LinearScale(a_um=0.0, b_um=0.5).heights_um(np.array([0, 3])).tolist()
        [0.0, 1.5]
        """
        return np.asarray(self.a_um + self.b_um * values.astype(np.float64))


class CurveScale(_Part):
    """Height through a contrast curve: straight lines between its points, less the height of level zero."""

    kind: Literal["curve"] = "curve"
    formula: str = CURVE
    grey: tuple[Length, ...]
    curve_um: tuple[Length, ...]
    zero_um: Length
    source: str = ""

    @model_validator(mode="after")
    def _monotone(self) -> Self:
        slope = np.diff(self.curve_um)
        if len(self.grey) != len(self.curve_um) or len(self.grey) < 2 or min(np.diff(self.grey)) <= 0:
            raise ValueError("must have two or more points of ascending grey")
        if not (min(slope) > 0 or max(slope) < 0):
            raise ValueError("must only rise or only fall")
        return self

    def heights_um(self, values: NDArray[np.integer]) -> NDArray[np.float64]:
        """Heights above the base that values stand for, um; NaN where the curve does not reach.

        >>> CurveScale(grey=(0, 10), curve_um=(1.0, 2.0), zero_um=1.0).heights_um(np.array([5])).tolist()
        [0.5]
        """
        greys, heights = np.array(self.grey), np.array(self.curve_um)
        at = np.interp(values.astype(np.float64), greys, heights, left=np.nan, right=np.nan)
        return np.asarray(at - self.zero_um)


class RasterLevel(_Part):
    """One level of one layer: the value written, the height that it makes, and how far that is off.

    Attributes:
        level: index of the level in the design.
        value: what is written for it.
        height_nm: the design's height above the base.
        made_nm: the height that the value makes by the scale.
        error_nm: made less designed.
        phase_error_rad: that error as phase; absent where the optics is not known.
        slope_nm: height that one grey more or less makes there, the coarser of both sides.
        interpolation_nm: how far a smooth curve through the measured points lies off the straight lines.
        sigma_nm: standard deviation of the printed height, as far as the process knows one.
        pixels: how many pixels have the level.
        area_fraction: their share of the layer.
        dose_percent: share of the full dose, where exposures add up to it.
    """

    level: Annotated[int, Field(ge=0, le=255)]
    value: Value
    height_nm: Finite
    made_nm: Finite
    error_nm: Finite
    phase_error_rad: Finite | None = None
    slope_nm: Finite
    interpolation_nm: Finite | None = None
    sigma_nm: Finite | None = None
    pixels: Annotated[int, Field(ge=1)]
    area_fraction: Finite
    dose_percent: Finite | None = None


class Optics(_Part):
    """What turns a height error into a phase error; wavelength in vacuum."""

    wavelength_um: Positive
    material: str
    material_index: Positive
    medium: str
    medium_index: Positive
    full_turn_um: Positive


class Plane(_Part):
    """One exposure of a binary-weighted set; white pixels are exposed."""

    bit: Annotated[int, Field(ge=0, le=15)]
    file: str
    sha256: Sha256
    dose_percent: Positive
    pixels: Annotated[int, Field(ge=0)]

    @field_validator("file")
    @classmethod
    def _plain(cls, name: str) -> str:
        return _plain_name(name)


class RasterRecord(_Part):
    """All that a reader needs beside the values; the file `NAME.json` beside the image `NAME`.

    Attributes:
        format: name and version of this record.
        kind: what the values are.
        file: name of the image; absent inside the image itself, and where there are planes.
        sha256: of the image's bytes; absent where `file` is.
        planes: the exposures, where values are spread over several images.
        design: content hash of the design.
        layer: index of the layer, from 0.
        layers: number of layers of the design.
        pixels: (ny, nx).
        pitch_um: side of a pixel.
        size_um: (width, height) of the whole image.
        orientation: where rows and columns lie.
        corner: which corner `corner_um` is.
        corner_um: (x, y) of that corner; the layer is centred on the origin.
        bits: values run from 0 (black) to 2^bits - 1 (white).
        black_um: height above the base that black stands for; absent where the curve does not reach it.
        white_um: height above the base that white stands for; likewise.
        scale: how values become heights.
        levels: the levels that the layer uses.
        sigma_source: where `sigma_nm` of the levels comes from.
        base_um: thickness of the base plate, which is not in the values; 0 where the process has none.
        optics: wavelength and indices.
        process: name of the process profile.
    """

    format: Literal["fabdesign-raster 1.0"] = FORMAT
    kind: Kind
    file: str | None = None
    sha256: Sha256 | None = None
    planes: tuple[Plane, ...] = ()
    design: Sha256
    layer: Annotated[int, Field(ge=0, le=999)]
    layers: Annotated[int, Field(ge=1, le=1000)]
    pixels: tuple[Count, Count]
    pitch_um: Positive
    size_um: tuple[Positive, Positive]
    orientation: str = ORIENTATION
    corner: str = CORNER
    corner_um: tuple[Finite, Finite]
    bits: Annotated[int, Field(ge=1, le=16)]
    black_um: Finite | None
    white_um: Finite | None
    scale: Annotated[LinearScale | CurveScale, Field(discriminator="kind")]
    levels: tuple[RasterLevel, ...]
    sigma_source: str = ""
    base_um: NotNegative
    optics: Optics | None = None
    process: str | None = None

    @field_validator("file")
    @classmethod
    def _plain(cls, name: str | None) -> str | None:
        return None if name is None else _plain_name(name)

    @property
    def white(self) -> int:
        """The largest value."""
        return (1 << self.bits) - 1

    def inside(self) -> str:
        """The record as one line of ASCII, for a text field of the image itself."""
        alone = self.model_copy(update={"file": None, "sha256": None})
        return json.dumps(alone.model_dump(mode="json"), allow_nan=False, separators=(",", ":"))

    def beside(self) -> bytes:
        """The record as the text of a file of its own."""
        text = json.dumps(self.model_dump(mode="json"), allow_nan=False, indent=1)
        return text.encode("ascii") + b"\n"


def parse_record(text: bytes | str, where: str) -> RasterRecord:
    """Check a record.

    Args:
        text: JSON.
        where: the file that it was found in, for the message.

    Raises:
        FileFormatError: naming the first field that is missing, unknown or out of range.
    """
    if len(text) > _MOST_BYTES:
        raise FileFormatError(f"{where} holds a record of {len(text)} bytes; at most {_MOST_BYTES} are read.")
    try:
        record = RasterRecord.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise _not_valid(where, f"{place}: {first['msg']}") from error
    if [plane.bit for plane in record.planes] != list(
        range(record.bits if record.kind == "dose-planes" else 0)
    ):
        raise _not_valid(where, "planes: there must be one for each bit of dose planes, and none otherwise")
    return record


def _not_valid(where: str, why: str) -> FileFormatError:
    return FileFormatError(
        f"{where} holds no valid record of a grey image: {why}.",
        hint="Export the design again, and keep the JSON file beside its image.",
    )


def _plain_name(name: str) -> str:
    if not _PLAIN_NAME.match(name):
        raise ValueError("must be a plain file name without folders")
    return name
