"""Numbers that say where they come from."""

from __future__ import annotations

import re
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator
from pydantic_core import PydanticCustomError

from fabdesign.materials import Mark

_SOURCE = re.compile(r"(measured|vendor|literature|assumed)(?::\s*(\S.*))?\Z")


class Marked(BaseModel):
    """A number with its source.

    Attributes:
        value: the number, in the unit that its key names.
        source: ``measured``, ``vendor``, ``assumed`` or ``literature: citation``; any may be cited so.
        note: what a reader should know about it.

    >>> Marked(value=0.8, source="literature: npxpy 0.4.0").mark
    'literature'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: FiniteFloat = Field(strict=True, description="the number")
    source: str = Field(description="measured, vendor, assumed, or literature with a citation")
    note: str = ""

    @field_validator("source")
    @classmethod
    def _check_source(cls, text: str) -> str:
        match = _SOURCE.match(text)
        if match is None:
            raise PydanticCustomError(
                "source",
                "must be measured, vendor, literature or assumed, with a citation after a colon",
            )
        if match.group(1) == "literature" and not match.group(2):
            raise PydanticCustomError("source", 'must cite the publication: "literature: doi or title"')
        return text

    @property
    def mark(self) -> Mark:
        """How far the number can be trusted: measured, vendor, literature or assumed."""
        return cast(Mark, self.source.split(":", 1)[0])

    @property
    def citation(self) -> str:
        """What stands behind the mark: a publication, a data sheet, a date; may be empty."""
        return self.source.partition(":")[2].strip()


class NonNegative(Marked):
    """A number that is at least 0: a standard deviation, a time."""

    value: FiniteFloat = Field(strict=True, ge=0, description="the number")


class Positive(Marked):
    """A number above 0: a size."""

    value: FiniteFloat = Field(strict=True, gt=0, description="the number")


class Whole(Marked):
    """A whole number of at least 1: a count."""

    value: int = Field(strict=True, ge=1, description="the number")


class Section(BaseModel):
    """Base of the profile's tables: frozen, and no key but the known ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def numbers(self, prefix: str = "") -> dict[str, Marked]:
        """Return every number below this table, by its dotted key.

        >>> Spread(mean=Marked(value=0, source="assumed")).numbers("material.shrink_z")
        {'material.shrink_z.mean': Marked(value=0.0, source='assumed', note='')}
        """
        found: dict[str, Marked] = {}
        for name, field in type(self).model_fields.items():
            key = field.alias or name
            found |= _numbers_in(getattr(self, name), f"{prefix}.{key}" if prefix else key)
        return found


class Spread(Section):
    """A correction and how well it is known: a mean and a standard deviation in the same unit."""

    mean: Marked | None = None
    sigma: NonNegative | None = None


def _numbers_in(value: Any, key: str) -> dict[str, Marked]:
    if isinstance(value, Marked):
        return {key: value}
    if isinstance(value, Section):
        return value.numbers(key)
    if isinstance(value, tuple):
        return {k: v for i, item in enumerate(value) for k, v in _numbers_in(item, f"{key}[{i}]").items()}
    return {}
