"""The model part of a 3MF: strictly one mesh and its place, read in one pass, numbers in batches."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.formats.threemf import CORE
from fabdesign.formats.xml_read import XmlParser

_MOST_VERTICES = 1 << 25
_MOST_TRIANGLES = 1 << 26
_MOST_METADATA = 1 << 16
_NUMBERS_AT_ONCE = 3 << 15
_LONGEST_NUMBER = 40

_REAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_REALS = re.compile(rf"{_REAL}(?: {_REAL})*")
_WHOLES = re.compile(r"[0-9]{1,10}(?: [0-9]{1,10})*")

_NAMES = ("model", "metadata", "resources", "object", "mesh", "vertices", "vertex", "triangles", "triangle")
MODEL, METADATA, RESOURCES, OBJECT, MESH, VERTICES, VERTEX, TRIANGLES, TRIANGLE = (
    f"{CORE} {name}" for name in _NAMES
)
BUILD, ITEM = f"{CORE} build", f"{CORE} item"
_PARENT = {
    MODEL: None, RESOURCES: MODEL, OBJECT: RESOURCES, MESH: OBJECT, VERTICES: MESH, TRIANGLES: MESH,
    BUILD: MODEL, ITEM: BUILD,
}  # fmt: skip
"""Elements that there must be once each, and what they must stand in."""
_LEAVES = frozenset({VERTEX, TRIANGLE})
"""The many elements that hold no others; they are not put on the stack."""
_DEEPEST = 64
_REFUSED = {f"{CORE} components": "puts solids together from others"}


@dataclass(frozen=True, eq=False)
class Model:
    """One mesh.

    Args:
        unit: of the numbers.
        name: of the object.
        metadata: by name; names of another namespace as "namespace name".
        vertices: float64 [vertex, xyz].
        triangles: batches int32 [triangle, 3].
        transform: float64 [4, 3]: a row vector with a 1 behind it, times this, is where the build places it.
    """

    unit: str
    name: str
    metadata: Mapping[str, str]
    vertices: NDArray[np.float64]
    triangles: tuple[NDArray[np.int32], ...]
    transform: NDArray[np.float64]


def read_model(chunks: Iterable[bytes], label: str) -> Model:
    """Parse a model part.

    Args:
        chunks: its bytes in pieces.
        label: how to call it in messages.

    Raises:
        FileFormatError: it is damaged, or holds anything but one mesh that is built once.
    """
    return _ModelReader(label).read(chunks)


def read_metadata(chunks: Iterable[bytes], label: str) -> Mapping[str, str]:
    """Parse the metadata of a model part, which stand before its mesh.

    Raises:
        FileFormatError: it is damaged as far as it was read.
    """
    reader = _ModelReader(label, head_only=True)
    with contextlib.suppress(_HeadRead):
        reader.parser.parse(chunks)
    return reader.metadata


class _HeadRead(Exception):  # noqa: N818  (nothing is wrong)
    """Everything that stands before the mesh has been read."""


class _ModelReader:
    def __init__(self, label: str, *, head_only: bool = False) -> None:
        self._head_only = head_only
        self.parser = XmlParser(self, label)
        self._open: list[str | None] = [None]
        self._attributes: dict[str, Mapping[str, str]] = {}
        self.metadata: dict[str, str] = {}
        self._namespaces: dict[str, str] = {}
        self._key, self._text = "", ""
        self._reals: list[str] = []
        self._wholes: list[str] = []
        self._vertices: list[NDArray[np.float64]] = []
        self._triangles: list[NDArray[np.int32]] = []
        self._counts = {VERTEX: 0, TRIANGLE: 0}

    def read(self, chunks: Iterable[bytes]) -> Model:
        self.parser.parse(chunks)
        self._take_reals()
        self._take_wholes()
        missing = next((name for name in _PARENT if name not in self._attributes), None)
        if missing is not None or not self._vertices or not self._triangles:
            raise self.parser.refused(f"it has no {_word(missing or MESH)}")
        vertices = np.concatenate(self._vertices)
        largest = max(int(batch.max()) for batch in self._triangles)
        if largest >= len(vertices):
            raise self.parser.refused(f"a triangle names vertex {largest} of {len(vertices)}")
        thing = self._attributes[OBJECT]
        return Model(
            unit=self._attributes[MODEL].get("unit", "millimeter"),
            name=thing.get("name", ""),
            metadata=self.metadata,
            vertices=vertices,
            triangles=tuple(self._triangles),
            transform=self._transform(thing),
        )

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        parent = self._open[-1]
        try:
            if name == TRIANGLE and parent == TRIANGLES:
                self._wholes += (attributes["v1"], attributes["v2"], attributes["v3"])
                if len(self._wholes) >= _NUMBERS_AT_ONCE:
                    self._take_wholes()
            elif name == VERTEX and parent == VERTICES:
                self._reals += (attributes["x"], attributes["y"], attributes["z"])
                if len(self._reals) >= _NUMBERS_AT_ONCE:
                    self._take_reals()
            else:
                self._start_other(name, attributes, parent)
        except KeyError as missing:
            raise self.parser.refused(f"a {_word(name)} has no {missing.args[0]}") from missing

    def end(self, name: str) -> None:
        if name in _LEAVES:
            return
        self._open.pop()
        if name == METADATA and self._key:
            self.metadata[self._key], self._key = self._text.strip(), ""
            self.parser.listen(None)

    def prefix(self, prefix: str | None, namespace: str | None) -> None:
        self._namespaces[prefix or ""] = namespace or ""

    def _start_other(self, name: str, attributes: Mapping[str, str], parent: str | None) -> None:
        if name in _LEAVES:
            raise self.parser.refused(f"a {_word(name)} stands where none may")
        if name == RESOURCES and self._head_only:
            raise _HeadRead
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            raise self.parser.refused(f"its elements are nested deeper than {_DEEPEST}")
        if name in _REFUSED:
            raise self.parser.refused(f"it {_REFUSED[name]}, where one mesh is expected")
        if name == METADATA and parent == MODEL:
            self._start_metadata(attributes["name"])
        elif name in _PARENT:
            if parent != _PARENT[name]:
                raise self.parser.refused(f"a {_word(name)} stands where none may")
            if name in self._attributes:
                raise self.parser.refused(f"it has more than one {_word(name)}; one is expected")
            self._attributes[name] = dict(attributes)
        if name == MODEL and attributes.get("requiredextensions", "").strip():
            raise self.parser.refused("it can only be read with extensions of 3MF")

    def _start_metadata(self, name: str) -> None:
        prefix, _, local = name.rpartition(":")
        self._key, self._text = (f"{self._namespaces.get(prefix, prefix)} {local}" if prefix else local), ""
        self.parser.listen(self._hear)

    def _hear(self, text: str) -> None:
        self._text += text
        if len(self._text) + sum(map(len, self.metadata.values())) > _MOST_METADATA:
            raise self.parser.refused(f"its metadata are longer than {_MOST_METADATA} characters")

    def _take_reals(self) -> None:
        if self._reals:
            text = self._checked(self._reals, _REALS, VERTEX, _MOST_VERTICES)
            vertices = np.fromstring(text, sep=" ").reshape(-1, 3)
            if not np.isfinite(vertices).all():
                raise self.parser.refused("it holds coordinates too large for any number")
            self._vertices.append(vertices)
            self._reals.clear()

    def _take_wholes(self) -> None:
        if self._wholes:
            text = self._checked(self._wholes, _WHOLES, TRIANGLE, _MOST_TRIANGLES)
            numbers = np.fromstring(text, dtype=np.int64, sep=" ").reshape(-1, 3)
            if int(numbers.max()) >= _MOST_VERTICES:
                raise self.parser.refused(f"a triangle names vertex {int(numbers.max())}")
            self._triangles.append(numbers.astype(np.int32))
            self._wholes.clear()

    def _checked(self, texts: list[str], form: re.Pattern[str], name: str, most: int) -> str:
        """Numbers in a row; refused are texts that are none, and more than memory has room for."""
        what, text = _word(name), " ".join(texts)
        as_many = text.count(" ") == len(texts) - 1
        if max(map(len, texts)) > _LONGEST_NUMBER or not as_many or form.fullmatch(text) is None:
            raise self.parser.refused(f"a {what} holds something that is no number")
        self._counts[name] += len(texts) // 3
        if self._counts[name] > most:
            raise self.parser.refused(f"it has more than {most} elements named {what}")
        return text

    def _transform(self, thing: Mapping[str, str]) -> NDArray[np.float64]:
        item = self._attributes[ITEM]
        if item.get("objectid") != thing.get("id"):
            raise self.parser.refused("it builds an object that it does not hold")
        text = item.get("transform")
        if text is None:
            return np.eye(4, 3)
        words = text.split()
        if (
            len(words) != 12
            or max(map(len, words)) > _LONGEST_NUMBER
            or not _REALS.fullmatch(" ".join(words))
        ):
            raise self.parser.refused("the transform of its item is no matrix of twelve numbers")
        return np.array(list(map(float, words))).reshape(4, 3)


def _word(name: str) -> str:
    return name.rpartition(" ")[2]
