"""Reads a page as a program would: tables, pictures, addresses, and the numbers inside."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "img", "input", "br", "rect"}


@dataclass
class Page:
    """What a page holds."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    policy: str = ""
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that people read."""
        return " ".join(self.texts)

    def table(self, caption: str) -> list[dict[str, str]]:
        """The rows of a table, by its head."""
        head, *rows = self.tables[caption]
        return [dict(zip(head, row, strict=True)) for row in rows]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.open: list[str] = []
        self.caption = ""
        self.script = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        self.page.tags.append((tag, attributes))
        self.page.ids += [attributes["id"]] if "id" in attributes else []
        self.page.addresses += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "img":
            self.page.images.append(attributes)
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.page.policy = attributes["content"]
        if tag == "caption":
            self.caption = ""
        if tag == "tr":
            self.page.tables.setdefault(self.caption, []).append([])
        if tag in ("td", "th"):
            self.page.tables[self.caption][-1].append("")
        if tag == "script":
            self.script = attributes.get("id") or attributes.get("class", "")
        if tag in ("h1", "h2", "h3"):
            self.page.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            if self.script:
                self.page.data[self.script] = json.loads(data)
            return
        if "style" in self.open:
            return
        self.page.texts.append(data)
        if "caption" in self.open:
            self.caption += data
        elif "td" in self.open or "th" in self.open:
            self.page.tables[self.caption][-1][-1] += data.strip()
        elif self.page.headings and self.open[-1] in ("h1", "h2", "h3"):
            level, text = self.page.headings[-1]
            self.page.headings[-1] = (level, text + data)


def read_page(html: str) -> Page:
    """Parse a page; every element must be closed where it was opened."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.page
