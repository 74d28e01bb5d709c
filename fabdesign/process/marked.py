"""Numbers that say where they come from."""

from __future__ import annotations

import re
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, FiniteFloat, field_validator

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

    value: FiniteFloat
    source: str
    note: str = ""

    @field_validator("source")
    @classmethod
    def _check_source(cls, text: str) -> str:
        match = _SOURCE.match(text)
        if match is None:
            raise ValueError(
                "must be measured, vendor, assumed, or one of these or literature with a citation, "
                'such as "literature: 10.1364/OE.25.030298"'
            )
        if match.group(1) == "literature" and not match.group(2):
            raise ValueError(
                'must name the publication behind literature, such as "literature: 10.1364/OE.25.030298"'
            )
        return text

    @property
    def mark(self) -> Mark:
        """How far the number can be trusted: measured, vendor, literature or assumed."""
        return cast(Mark, self.source.split(":", 1)[0])

    @property
    def citation(self) -> str:
        """What stands behind the mark: a publication, a data sheet, a date; may be empty."""
        return self.source.partition(":")[2].strip()


def _at_least_zero(number: Marked) -> Marked:
    if number.value < 0:
        raise ValueError(f"must be at least 0; got {number.value:g}")
    return number


def _above_zero(number: Marked) -> Marked:
    if number.value <= 0:
        raise ValueError(f"must be greater than 0; got {number.value:g}")
    return number


def _whole(number: Marked) -> Marked:
    if number.value != int(number.value) or number.value < 1:
        raise ValueError(f"must be a whole number of at least 1; got {number.value:g}")
    return number


NonNegative = Annotated[Marked, AfterValidator(_at_least_zero)]
Positive = Annotated[Marked, AfterValidator(_above_zero)]
Whole = Annotated[Marked, AfterValidator(_whole)]


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
