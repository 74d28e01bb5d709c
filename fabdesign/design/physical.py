"""What a device is: all that an independent simulator needs beside the heights to get the same score."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fabdesign.errors import ConfigError

AXES = (
    "levels[layer, y, x]; pixel (i, j) is centred at x = (j - (nx-1)/2) pitch, y = (i - (ny-1)/2) pitch; "
    "light travels towards +z, meets layer 0 first and enters each layer through its base; "
    "outside the nx by ny pixels the input plane, every layer and the detector plane are opaque"
)
FORMAT = "1.0"

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Pair = tuple[Finite, Finite]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Optical(_Record):
    """A named substance and its refractive index at the design wavelength."""

    name: str
    index: Positive


class Slab(_Record):
    """A plane-parallel piece of the way between two modulation planes."""

    what: Literal["gap", "base", "substrate", "spacer"]
    thickness_um: NotNegative
    index: Positive


class PlaneSource(_Record):
    """A plane wave of unit amplitude along +z."""

    kind: Literal["plane"] = "plane"


class GaussianSource(_Record):
    """A Gaussian beam with its waist at the input plane; amplitude exp(-r²/waist²)."""

    kind: Literal["gaussian"] = "gaussian"
    waist_um: Positive


class Encoder(_Record):
    """How an image becomes a field: exp(i depth v) or v on square pixels in the middle of the input plane.

    Row 0 of an image is its top, so it lands at the largest y.
    """

    kind: Literal["phase", "amplitude"]
    depth_rad: Finite = math.pi
    pixels: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]]
    pixel_um: Positive
    centre_um: Pair = (0.0, 0.0)
    outside: Literal["transparent", "opaque"] = "transparent"


class Detector(_Record):
    """A rectangle in the detector plane, sides along x and y, centre and size as (x, y)."""

    label: str
    centre_um: Pair
    size_um: tuple[Positive, Positive]


class Readout(_Record):
    """How detector powers become an answer."""

    kind: Literal["argmax"] = "argmax"
    quantity: Literal["power in the rectangle"] = "power in the rectangle"
    tie: Literal["lowest index"] = "lowest index"


class PairsReadout(_Record):
    """Two rectangles for each class, one whose light speaks for it and one whose light speaks against it.

    The answer is the class with the largest (P₊ − P₋)/(P₊ + P₋) (Li et al., Advanced
    Photonics 1, 046001, 2019).
    """

    kind: Literal["pairs"] = "pairs"
    quantity: Literal["difference over sum of the powers in a pair of rectangles"] = (
        "difference over sum of the powers in a pair of rectangles"
    )
    pairing: Literal["detectors 2k and 2k+1 are for and against class k"] = (
        "detectors 2k and 2k+1 are for and against class k"
    )
    tie: Literal["lowest index"] = "lowest index"


class _Squares(_Record):
    """Square pixels of a picture in the detector plane; row 0 is the top, at the largest y."""

    pixels: tuple[Annotated[int, Field(gt=0)], Annotated[int, Field(gt=0)]]
    pixel_um: Positive
    centre_um: Pair = (0.0, 0.0)


class PhaseImageReadout(_Squares):
    """A picture whose brightness is the object's phase: φ = gain · intensity · encoder depth."""

    kind: Literal["phase-image"] = "phase-image"
    quantity: Literal["mean intensity on each square, for a source of amplitude 1 on the axis"] = (
        "mean intensity on each square, for a source of amplitude 1 on the axis"
    )
    gain: Positive = 1.0


class TargetImageReadout(_Squares):
    """A picture that the light shall draw; ``target`` holds its bytes in base 64, row by row from the top."""

    kind: Literal["target-image"] = "target-image"
    quantity: Literal["power on each square"] = "power on each square"
    target: str

    @model_validator(mode="after")
    def _target_fits(self) -> TargetImageReadout:
        if len(self.target_bytes()) != math.prod(self.pixels):
            raise ValueError(f"the target must hold one byte for each of {list(self.pixels)} squares")
        if not any(self.target_bytes()):
            raise ValueError("the target must have at least one square that is not black")
        return self

    def target_bytes(self) -> bytes:
        """The brightness of each square, 0 to 255, row by row from the top."""
        try:
            return base64.b64decode(self.target, validate=True)
        except binascii.Error as error:
            raise ValueError(f"the target must be base 64: {error}") from error


AnyReadout = Readout | PairsReadout | PhaseImageReadout | TargetImageReadout


class Physical(_Record):
    """The hashed record of a diffractive device; lengths in µm, angles in rad, λ in vacuum.

    `spaces` holds layers + 1 lists of slabs in the order that light meets them: from the input plane to the
    modulation plane of layer 0 (its base comes last), between layers, and from the last layer to detectors.
    All lists are empty, and source, encoder and detectors absent, in a design that has no optical task.
    Without an encoder the light of the source enters as it is; a read-out of pictures needs no detectors.
    """

    kind: Literal["diffractive"] = "diffractive"
    format: str = FORMAT
    wavelength_um: Positive
    pitch_um: Positive
    medium: Optical
    material: Optical
    process: str
    axes: str = AXES
    spaces: tuple[tuple[Slab, ...], ...] = ()
    source: Annotated[PlaneSource | GaussianSource, Field(discriminator="kind")] | None = None
    encoder: Encoder | None = None
    detectors: tuple[Detector, ...] = ()
    readout: Annotated[AnyReadout, Field(discriminator="kind")] | None = None

    @model_validator(mode="after")
    def _contrast(self) -> Physical:
        if self.material.index == self.medium.index:
            raise ValueError("material and medium have the same index: a relief would give no phase")
        return self

    @property
    def has_task(self) -> bool:
        """Whether the record says enough to score the device."""
        if not (self.source and self.readout and self.spaces):
            return False
        match self.readout:
            case TargetImageReadout():
                return True
            case PhaseImageReadout():
                return self.encoder is not None
        return self.encoder is not None and bool(self.detectors)

    @property
    def full_turn_um(self) -> float:
        """The height that delays light by one wavelength, λ/(n − n0) (positive also where n < n0)."""
        return self.wavelength_um / abs(self.material.index - self.medium.index)

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        return self.model_dump(mode="json")


def parse_physical(record: object) -> Physical:
    """Check a plain record.

    Raises:
        ConfigError: naming each field that is missing, unknown or out of range.
    """
    try:
        return Physical.model_validate(record, strict=False)
    except ValidationError as error:
        raise ConfigError(f"The design's physical record is not valid: {findings_of(error)}.") from error


def findings_of(error: ValidationError) -> str:
    """What is wrong with a physical record, field by field."""
    return "; ".join(
        f"physical.{'.'.join(map(str, finding['loc']))}: {finding['msg']}" for finding in error.errors()
    )
