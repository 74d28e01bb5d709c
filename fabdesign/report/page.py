"""Sections become one HTML page that needs nothing from outside and asks for nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from fabdesign.report.blocks import Section

_WEB = Path(__file__).parent / "web"
GENERATOR = "fabdesign report"
"""What the page says made it; only such a page is replaced without asking."""


@dataclass(frozen=True)
class Head:
    """What stands at the top of a page.

    Args:
        title: of the page.
        subtitle: one line below it.
        verdict: the word that sums it up; empty where there is none.
        tone: how that is meant.
    """

    title: str
    subtitle: str
    verdict: str = ""
    tone: str = ""


def render_page(head: Head, sections: Sequence[Section], numbers: Mapping[str, Any]) -> str:
    """Turn sections into HTML; every text is escaped, and only the page's own scripts may run.

    Args:
        head: title and verdict.
        sections: in the order of the page.
        numbers: the same numbers as plain JSON, kept inside the page for other programs.

    Returns:
        The page; equal arguments give equal text.
    """
    scripts = [_asset("tables.js"), _asset("relief.js")]
    style = _asset("style.css")
    return _template().render(
        head=head,
        sections=sections,
        numbers=numbers,
        generator=GENERATOR,
        style=style,
        scripts=scripts,
        style_hash=_digest(style),
        script_hashes=[_digest(script) for script in scripts],
    )


@cache
def _asset(name: str) -> str:
    return (_WEB / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_WEB),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


def _digest(text: str) -> str:
    """The hash by which the page's own security policy knows a script or style."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
