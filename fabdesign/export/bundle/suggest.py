"""Which format a process takes first, where the user names none."""

from __future__ import annotations

from fabdesign.export.registry import exporters
from fabdesign.process import Profile

_GREY_KINDS = ("grayscale-laser", "2gl")
_FORMATS = {"png": "png16", "tiff": "tiff16", "tif": "tiff16", "bmp": "bmp8", "oas": "oasis", "gdsii": "gds"}
_GREY_FORMATS = {"gds": "gds-grey"}


def suggested_format(profile: Profile | None) -> str | None:
    """The first of the formats that a machine accepts and that can be written; None where there is none.

    A grey process takes layouts with a layer for each dose, not masks.

    >>> from fabdesign.process import load_profile
    >>> suggested_format(load_profile("binary-optics-fused-silica"))
    'gds'
    """
    if profile is None:
        return None
    names = {**_FORMATS, **(_GREY_FORMATS if profile.kind in _GREY_KINDS else {})}
    accepted = (names.get(word.lower(), word.lower()) for word in profile.machine.accepts)
    return next((name for name in accepted if name in exporters()), None)
