"""From the option "assembly" to the solid that an exporter writes."""

from __future__ import annotations

from collections.abc import Mapping

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.assembly.plates import make_plates
from fabdesign.relief.assembly.result import Assembly
from fabdesign.relief.assembly.stack import make_stack
from fabdesign.relief.assembly.supports import OPTIONS, choose_supports
from fabdesign.relief.assembly.written import written_spaces
from fabdesign.relief.relief import Relief

ASSEMBLIES = ("layers", "stack", "plates")
"""Values of the option "assembly": one file per layer, or all layers put together in one file."""

__all__ = ["ASSEMBLIES", "OPTIONS", "assemble"]


def assemble(
    kind: str,
    relief: Relief,
    physical: Physical | None,
    profile: Profile | None = None,
    options: Mapping[str, object] | None = None,
    *,
    exact: bool = False,
) -> Assembly:
    """Put the layers of a relief together.

    Args:
        kind: "stack" or "plates".
        relief: the levels of all layers, in the lengths that are written.
        physical: the record of the design, in its own.
        profile: the process that will print it.
        options: lengths that the user states, by the names in `OPTIONS`.
        exact: pull no corners in at diagonal contacts.

    Raises:
        ConfigError: the record does not allow it; see `make_stack`, `make_plates` and `written_spaces`.
    """
    if physical is None:
        raise ConfigError("Layers are put together by their design's record, which is missing.")
    chosen = choose_supports(physical, profile, options)
    physical, supports = written_spaces(physical, relief, chosen)
    if kind == "stack":
        return make_stack(relief, physical, supports, profile, exact=exact)
    return make_plates(relief, physical, supports, exact=exact)
