"""Show the doctest of a docstring as its example, whatever section it follows."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import griffe


class DoctestSections(griffe.Extension):
    """Puts the heading that griffe expects before each doctest."""

    def on_object(self, *, obj: griffe.Object, **_settings: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring is not None:
            obj.docstring.value = with_example_sections(obj.docstring.value)


def with_example_sections(text: str) -> str:
    """Indent each doctest below an `Examples:` heading."""
    lines, done = text.splitlines(), []
    while lines:
        if not lines[0].startswith(">>>"):
            done.append(lines.pop(0))
            continue
        block = list(takewhile(str.strip, lines))
        done += ["Examples:", *(f"    {line}" for line in block)]
        del lines[: len(block)]
    return "\n".join(done)
