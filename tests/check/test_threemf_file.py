"""The reader of 3MF: strict, bounded, and of one mind with the specification about units and places."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.check import threemf_model
from fabdesign.check.solid import survey
from fabdesign.check.threemf_file import open_3mf
from fabdesign.errors import FileFormatError
from fabdesign.export import export_design
from fabdesign.formats import xml_read
from tests.check.devices import make_design
from tests.check.packages import RELATIONS, TETRAHEDRON, model_text, package

MANY = TETRAHEDRON.replace('v1="0" v2="2"', 'v1="4" v2="2"')
ENTITIES = '<!DOCTYPE model [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def test_our_own_file_is_one_closed_solid_with_its_tag(tmp_path):
    design = make_design(1, pixels=(9, 7))
    path = export_design(design, tmp_path, "3mf").paths[2]
    file = open_3mf(path)
    assert (file.tag.hash_prefix, file.tag.layer, file.tag.layers) == (design.content_hash, 2, 3)
    assert file.unit == "micron"
    solid = survey(file)
    assert solid.closed
    volume = design.physical.pitch_um**2 * (5.0 + design.height_um()[2]).sum()
    assert solid.volume_um3 == pytest.approx(volume, rel=1e-14)
    assert sum(len(corners) for corners in file.corners()) == file.triangles == solid.triangles


@pytest.mark.parametrize(
    ("head", "factor"),
    [
        ('unit="micron"', 1),
        ("", 1e3),
        ('unit="millimeter"', 1e3),
        ('unit="inch"', 25.4e3),
        ('unit="meter"', 1e6),
    ],
)
def test_units_are_those_of_the_specification(tmp_path, head, factor):
    solid = survey(open_3mf(package(tmp_path / "a.3mf", model_text(head=head))))
    np.testing.assert_allclose(solid.size_um, np.array([1, 1.5, 2]) * factor)
    assert solid.volume_um3 == pytest.approx(0.5 * factor**3)
    assert solid.closed


def test_transform_of_the_build_is_applied(tmp_path):
    """x → y, y → −x, then a shift: a turn by 90° about z."""
    item = 'objectid="1" transform="0 1 0 -1 0 0 0 0 1 10 20 30"'
    solid = survey(open_3mf(package(tmp_path / "a.3mf", model_text(item=item))))
    np.testing.assert_allclose(solid.minimum_um, [8.5, 20, 30])
    np.testing.assert_allclose(solid.maximum_um, [10, 21, 32])
    assert solid.outward


def test_metadata_under_another_prefix_are_still_ours(tmp_path):
    head = 'unit="micron" xmlns:q="urn:fabdesign"'
    extra = f'<metadata name="q:design">{"ab" * 32}</metadata><metadata name="q:layer">01/04</metadata>'
    file = open_3mf(package(tmp_path / "a.3mf", model_text(head=head, extra=extra)))
    assert (file.tag.hash_prefix, file.tag.layer, file.tag.layers) == ("ab" * 32, 1, 4)
    assert open_3mf(package(tmp_path / "b.3mf", model_text())).tag is None


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (model_text(before=ENTITIES), "document type"),
        (model_text(before='<!DOCTYPE model SYSTEM "file:///etc/passwd">'), "document type"),
        (model_text(MANY), "vertex 4 of 4"),
        (model_text(TETRAHEDRON.replace('"1.5"', '"nan"')), "no number"),
        (model_text(TETRAHEDRON.replace('"1.5"', '"1_5"')), "no number"),
        (model_text(TETRAHEDRON.replace('"1.5"', '"1 5"')), "no number"),
        (model_text(TETRAHEDRON.replace('"1.5"', '"1e999"')), "too large"),
        (model_text(TETRAHEDRON.replace('"1.5"', f'"{"9" * 50}"')), "no number"),
        (model_text(TETRAHEDRON.replace('v1="0"', 'v1="-1"')), "no number"),
        (model_text(TETRAHEDRON.replace('v1="0"', 'v1="9999999999"')), "vertex 9999999999"),
        (model_text(TETRAHEDRON.replace(' v1="0"', "")), "no v1"),
        (model_text("<vertices/><triangles/>"), "no mesh"),
        (model_text(TETRAHEDRON.replace("vertices", "verts")), "stands where none may"),
        (model_text(TETRAHEDRON + TETRAHEDRON), "more than one vertices"),
        (model_text("<components/>"), "from others"),
        (model_text(head='unit="parsec"'), "parsec"),
        (model_text(head='unit="micron" requiredextensions="p"'), "extensions"),
        (model_text(item='objectid="2"'), "does not hold"),
        (model_text(item='objectid="1" transform="1 0 0"'), "twelve numbers"),
        (model_text(extra="<a>" * 99 + "</a>" * 99), "nested deeper"),
        (model_text(extra=f'<metadata name="x">{"y" * 70_000}</metadata>'), "longer than 65536"),
        (model_text()[:-40], "well-formed"),
        (model_text().encode("utf-16")[:-2] + b"<", "well-formed"),
        (model_text().replace("UTF-8", "utf-7"), "encoding|well-formed"),
        ("", "well-formed"),
    ],
)
def test_anything_else_is_refused_with_a_reason(tmp_path, model, why):
    with pytest.raises(FileFormatError, match=why):
        open_3mf(package(tmp_path / "a.3mf", model))


def test_package_without_one_model_is_refused(tmp_path):
    with pytest.raises(FileFormatError, match="names 0"):
        open_3mf(package(tmp_path / "a.3mf", model_text(), relations="<Relationships/>"))
    with pytest.raises(FileFormatError, match="are there: 0"):
        relations = RELATIONS.replace("3dmodel.model", "../../etc/passwd")
        open_3mf(package(tmp_path / "b.3mf", model_text(), relations=relations))
    with pytest.raises(FileFormatError, match="cannot be read"):
        open_3mf(package(tmp_path / "c.3mf", model_text(), part="../3dmodel.model"))


def test_bombs_are_refused(tmp_path, monkeypatch):
    long = model_text(extra=f"<!--{'x' * (3 << 20)}-->")
    with pytest.raises(FileFormatError, match="longer than"):
        open_3mf(package(tmp_path / "token.3mf", long))
    with pytest.raises(FileFormatError, match="bomb"):
        open_3mf(package(tmp_path / "zip.3mf", b" " * (65 << 20)))
    monkeypatch.setattr(threemf_model, "_MOST_TRIANGLES", 3)
    with pytest.raises(FileFormatError, match="more than 3"):
        open_3mf(package(tmp_path / "many.3mf", model_text()))


def test_a_long_mesh_is_no_long_token(tmp_path, monkeypatch):
    monkeypatch.setattr(xml_read, "LONGEST_TOKEN", 500)
    monkeypatch.setattr(threemf_model, "_NUMBERS_AT_ONCE", 6)
    file = open_3mf(package(tmp_path / "a.3mf", model_text()))
    assert len(file.model.triangles) == 2
    assert survey(file).closed


def test_edges_go_by_vertices_not_by_places(tmp_path):
    """A mesh of loose triangles that only lie side by side is open by 3MF's own rule."""
    corners = np.concatenate(list(open_3mf(package(tmp_path / "a.3mf", model_text())).corners()))
    vertices = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in corners.reshape(-1, 3))
    triangles = "".join(f'<triangle v1="{k}" v2="{k + 1}" v3="{k + 2}"/>' for k in range(0, 12, 3))
    loose = f"<vertices>{vertices}</vertices><triangles>{triangles}</triangles>"
    solid = survey(open_3mf(package(tmp_path / "b.3mf", model_text(loose))))
    assert solid.edges.bad == 12
    assert solid.volume_um3 == pytest.approx(0.5)
