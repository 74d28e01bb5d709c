"""Every kind of file that is written and read back: each format, and solids of layers put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fabdesign.check.readers import readable_formats
from fabdesign.export import exporters

SLICE_UM = 0.09
NEEDED: Mapping[str, Mapping[str, object]] = {
    "bmp8": {"curve": "even"},
    "gds-grey": {"curve": "even"},
    "dose-planes": {"curve": "even"},
    "dose-planes-png": {"curve": "even"},
    "gwl": {"profile": "2pp-63x-ip-dip", "slice_um": SLICE_UM},
    "nano": {"profile": "2pp-25x-ip-s", "slice_um": SLICE_UM},
}
"""Options without which a format refuses to be written, or rounds heights to the slices of a machine."""

_PUT_TOGETHER = ("3mf", "nano", "stl")


@dataclass(frozen=True)
class Kind:
    """A format, and how layers are put together in it.

    Args:
        name: the format's, and the assembly's behind a hyphen.
        format: as in the exporters.
        options: that it needs.
    """

    name: str
    format: str
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def assembly(self) -> str:
        """How layers are put together."""
        return str(self.options.get("assembly", "layers"))


def kinds() -> list[Kind]:
    """All kinds: formats by name, then stacks and plates."""
    formats = sorted(set(readable_formats()) & set(exporters()))
    alone = [Kind(name, name, NEEDED.get(name, {})) for name in formats]
    together = [
        Kind(f"{name}-{how}", name, {**NEEDED.get(name, {}), "assembly": how})
        for name in _PUT_TOGETHER
        for how in ("stack", "plates")
    ]
    return [*alone, *together]
