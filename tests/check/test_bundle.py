"""The chain of a package: whole it is proved, and each altered file is named with the link that broke."""

import hashlib
import json
import random
import zipfile

import pytest

from fabdesign.check import verify_path
from fabdesign.check.bundle import verify_bundle
from fabdesign.check.bundle_files import is_bundle, open_bundle
from fabdesign.errors import FabdesignError, FileFormatError
from fabdesign.formats.archive import atomic_archive
from tests.export.packages import small_bundle, small_design, unzipped, zipped


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return small_bundle(tmp_path_factory.mktemp("bundle"), ("stl", "png16"))


@pytest.fixture(scope="module")
def files(bundle):
    return unzipped(bundle)


def repacked(path, files):
    """Pack as fabdesign does."""
    with atomic_archive(path) as archive:
        for name, data in files.items():
            archive.add_bytes(name, data)
    return path


def with_sums(files):
    """The files with lists that were made anew, as a forger who knows the format would."""
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["files"]:
        data = files[entry["path"]]
        entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    files = {**files, "manifest.json": json.dumps(manifest).encode()}
    lines = [
        f"{hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in files.items()
        if name != "SHA256SUMS"
    ]
    return {**files, "SHA256SUMS": "".join(lines).encode()}


def flipped(data, place=None):
    altered = bytearray(data)
    altered[len(data) // 2 if place is None else place] ^= 1
    return bytes(altered)


def errors(verification):
    return {finding.id: finding for finding in verification.findings if finding.severity == "error"}


def test_whole_package_is_proved(bundle):
    verification = verify_path(bundle)
    assert verification.ok
    assert verification.kind == "bundle"
    assert verification.design_hash == small_design().content_hash
    assert len(verification.proved) == 5
    assert {finding.id for finding in verification.findings} <= {"bundle.unread"}


def test_unpacked_folder_is_proved(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "out")
    assert is_bundle(tmp_path / "out")
    verification = verify_path(tmp_path / "out")
    assert verification.ok
    assert len(verification.proved) == 4


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "runsheet.md",
        "layers.csv",
        "levels.csv",
        "process.toml",
        "checks.json",
        "preview/layer01.png",
        "design.safetensors",
        "stl/letter-layer01.stl",
        "png16/letter-layer00.png",
        "png16/letter-layer00.png.json",
    ],
)
def test_each_altered_file_is_named(files, tmp_path, name):
    found = errors(verify_bundle(repacked(tmp_path / "x.zip", {**files, name: flipped(files[name])})))
    assert found["bundle.altered"].file == name
    assert name in found["bundle.altered"].message


def test_altered_manifest_is_named(files, tmp_path):
    altered = files["manifest.json"].replace(b'"pitch_um": 1.0', b'"pitch_um": 2.0')
    assert altered != files["manifest.json"]
    found = errors(verify_bundle(repacked(tmp_path / "x.zip", {**files, "manifest.json": altered})))
    assert found["bundle.altered"].file == "manifest.json"
    broken = errors(verify_bundle(repacked(tmp_path / "y.zip", {**files, "manifest.json": b"{"})))
    assert broken["bundle.manifest"].file == "manifest.json"
    assert broken["bundle.altered"].file == "manifest.json"


def test_altered_sums_are_named(files, tmp_path):
    sums = bytearray(files["SHA256SUMS"])
    sums[0] = ord("0") if sums[0] != ord("0") else ord("1")
    found = errors(verify_bundle(repacked(tmp_path / "x.zip", {**files, "SHA256SUMS": bytes(sums)})))
    assert set(found) == {"bundle.sums"}
    assert "README.md" in found["bundle.sums"].message
    found = errors(
        verify_bundle(repacked(tmp_path / "y.zip", {**files, "SHA256SUMS": b"junk\n" + bytes(sums)}))
    )
    assert "Line 1" in found["bundle.sums"].message or "README.md" in found["bundle.sums"].message


def test_missing_and_added_files_are_named(files, tmp_path):
    less = {name: data for name, data in files.items() if name != "stl/letter-layer00.stl"}
    found = errors(verify_bundle(repacked(tmp_path / "x.zip", less)))
    assert found["bundle.missing"].file == "stl/letter-layer00.stl"
    found = errors(verify_bundle(repacked(tmp_path / "y.zip", {**files, "extra.txt": b"x"})))
    assert found["bundle.stray"].file == "extra.txt"
    for name in ("SHA256SUMS", "manifest.json"):
        less = {each: data for each, data in files.items() if each != name}
        found = errors(verify_bundle(repacked(tmp_path / "z.zip", less)))
        assert found["bundle.missing"].file == name


def test_forged_lists_do_not_hide_another_relief(files, tmp_path):
    """Files and lists that agree with one another, but not with the design."""
    swapped = {
        **files,
        "stl/letter-layer00.stl": files["stl/letter-layer01.stl"],
        "stl/letter-layer01.stl": files["stl/letter-layer00.stl"],
    }
    assert "bundle.checks" in errors(verify_bundle(repacked(tmp_path / "a.zip", with_sums(swapped))))
    name = "stl/letter-layer00.stl"
    header = {**files, name: files[name].replace(b"fabdesign ", b"Fabdesign ", 1)}
    assert "chain.header" in errors(verify_bundle(repacked(tmp_path / "b.zip", with_sums(header))))
    cut = {**files, name: files[name][:-1]}
    assert "bundle.geometry" in errors(verify_bundle(repacked(tmp_path / "c.zip", with_sums(cut))))


def test_forged_lists_do_not_hide_altered_records(files, tmp_path):
    checks = json.loads(files["checks.json"])
    checks["read_back"]["layers"][0]["changed_pixels"] = 3
    altered = {**files, "checks.json": json.dumps(checks).encode()}
    found = errors(verify_bundle(repacked(tmp_path / "a.zip", with_sums(altered))))
    assert "changed_pixels" in found["bundle.checks"].message
    levels = {**files, "levels.csv": files["levels.csv"].replace(b"0,1,100,", b"0,1,101,")}
    assert "bundle.tables" in errors(verify_bundle(repacked(tmp_path / "b.zip", with_sums(levels))))
    manifest = files["manifest.json"].replace(small_design().content_hash.encode(), b"0" * 64)
    found = errors(
        verify_bundle(repacked(tmp_path / "c.zip", with_sums({**files, "manifest.json": manifest})))
    )
    assert "names the design 0000" in found["bundle.design"].message
    for junk in (b"", b"[]", b"{}", b'{"read_back": {"layers": 3}}'):
        altered = with_sums({**files, "checks.json": junk})
        assert "bundle.checks" in errors(verify_bundle(repacked(tmp_path / "d.zip", altered)))


def test_zip_of_another_program_is_told_but_proved(files, tmp_path):
    verification = verify_bundle(zipped(tmp_path / "x.zip", files))
    assert verification.ok
    assert "bundle.repacked" in {finding.id for finding in verification.findings}


@pytest.mark.parametrize("name", ["../escape", "/tmp/escape", "C:\\escape", "a\\..\\escape", "readme.MD"])
def test_tricks_of_paths_are_refused_and_leave_nothing(files, tmp_path, name):
    info = zipfile.ZipInfo()
    info.filename = info.orig_filename = name
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in files.items():
            archive.writestr(each, data)
        archive.writestr(info, b"x")
    with pytest.raises(FileFormatError, match=r"file named|overwrite each other"):
        verify_bundle(path)
    assert [each.name for each in tmp_path.iterdir()] == ["x.zip"]


def test_links_in_a_folder_are_refused(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "out")
    (tmp_path / "out" / "link").symlink_to("/etc/passwd")
    with pytest.raises(FileFormatError, match="link"):
        verify_bundle(tmp_path / "out")


def test_no_altered_byte_passes(bundle, files, tmp_path):
    """Bytes all over the ZIP, altered one by one: an error, a finding, or other packing of the same files."""
    data, chance = bundle.read_bytes(), random.Random(5)
    for place in sorted(chance.sample(range(len(data)), 40)):
        path = tmp_path / "x.zip"
        path.write_bytes(flipped(data, place))
        try:
            verification = verify_bundle(path)
        except FabdesignError:
            continue
        with open_bundle(path) as opened:
            same = {name: opened.file(name).read_bytes() for name in opened.names} == files
        assert same or not verification.ok
        assert not same or verification.ok


def test_what_is_a_package(bundle, tmp_path):
    assert is_bundle(bundle)
    renamed = tmp_path / "other.bin"
    renamed.write_bytes(bundle.read_bytes())
    assert is_bundle(renamed)
    assert not is_bundle(tmp_path)
    assert not is_bundle(tmp_path / "nowhere")
    (tmp_path / "bad.zip").write_bytes(b"not a zip")
    with pytest.raises(FileFormatError, match="no ZIP file"):
        verify_path(tmp_path / "bad.zip")
