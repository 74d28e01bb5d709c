"""The package and the model part of 3MF files, read by Python's own zip and XML parsers."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabdesign.formats.threemf import CORE, MODEL_PART, decimal_texts, write_3mf

SQUARE = np.array(
    [[b"0", b"1.5", b"1.5", b"-0.25"], [b"0", b"0", b"2", b"2"], [b"0", b"0", b"0", b"12.0000005"]]
)
FACES = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


def written(vertices=SQUARE, faces=FACES, name="a", metadata=None) -> bytes:
    stream = io.BytesIO()
    batches = [tuple(part) for part in np.array_split(vertices, 2, axis=1)]
    write_3mf(stream, name, metadata or {}, batches, [faces[:1], faces[1:]])
    return stream.getvalue()


def model_of(data: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return ElementTree.fromstring(package.read(MODEL_PART))


def triangles_of(data: bytes) -> list[list[int]]:
    found = model_of(data).iter(f"{{{CORE}}}triangle")
    return [[int(triangle.attrib[key]) for key in ("v1", "v2", "v3")] for triangle in found]


def test_package_names_its_parts():
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        assert package.namelist() == ["[Content_Types].xml", "_rels/.rels", MODEL_PART]
        types = ElementTree.fromstring(package.read("[Content_Types].xml"))
        assert {item.attrib["Extension"] for item in types} == {"rels", "model"}
        [relation] = ElementTree.fromstring(package.read("_rels/.rels"))
        assert relation.attrib["Target"] == f"/{MODEL_PART}"


def test_model_holds_the_mesh_in_micrometres():
    model = model_of(
        written(metadata={"Application": "fabdesign", "fabdesign:design": "a & <b>"}, name='"q"')
    )
    assert model.attrib["unit"] == "micron"
    names = {item.attrib["name"]: item.text for item in model.iter(f"{{{CORE}}}metadata")}
    assert names == {"Application": "fabdesign", "fabdesign:design": "a & <b>"}
    [thing] = model.iter(f"{{{CORE}}}object")
    assert (thing.attrib["id"], thing.attrib["name"]) == ("1", '"q"')
    assert [item.attrib["objectid"] for item in model.iter(f"{{{CORE}}}item")] == ["1"]
    vertices = [item.attrib for item in model.iter(f"{{{CORE}}}vertex")]
    assert vertices[3] == {"x": "-0.25", "y": "2", "z": "12.0000005"}
    assert len(vertices) == 4
    assert triangles_of(written()) == FACES.tolist()


@pytest.mark.parametrize("largest", [9, 9_999, 10_000, 12_345_678, 2**31 - 1])
def test_numbers_of_vertices_of_any_size(largest):
    faces = np.array(
        [[0, 1, largest], [10, largest, largest // 10], [7, largest // 2, 9_000]], dtype=np.int32
    )
    assert triangles_of(written(faces=faces)) == faces.tolist()


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20), st.integers(1, 9))
def test_decimals_are_exact_and_short(values, places):
    texts = decimal_texts(np.array(values, dtype=np.int64), places).tolist()
    for value, text in zip(values, texts, strict=True):
        assert Fraction(text.decode()) == Fraction(value, 10**places)
        assert b"." not in text or text[-1:] != b"0"


def test_bytes_are_reproducible():
    assert written() == written()
