"""What putting layers together gives: the solid, and what a person should know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fabdesign.relief.assembly.assembled import Assembled

Kind = Literal["stack", "plates"]


@dataclass(frozen=True, eq=False)
class Assembly:
    """Layers put together for one print.

    Args:
        kind: one solid with all layers above each other, or plates beside each other.
        solid: what to write.
        bodies: how many separate bodies it has.
        facts: lengths, places and their sources, plain JSON values.
        warnings: assumed limits that it exceeds, and what has to be seen to beside it.
    """

    kind: Kind
    solid: Assembled
    bodies: int
    facts: dict[str, Any]
    warnings: tuple[str, ...]
