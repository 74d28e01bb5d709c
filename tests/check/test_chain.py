"""From a file to its design by the hash in its header, wherever that design lies."""

from pathlib import Path

import pytest

from fabdesign.check import check_files, verify_path
from fabdesign.check.header import parse_header
from fabdesign.design import Design, save_design
from fabdesign.design.runs import create_run
from fabdesign.errors import ConfigError, ExitCode, FileFormatError
from tests.check.devices import export_beside, make_design


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(11, layers=2, pixels=(6, 6))


@pytest.fixture
def files(design: Design, tmp_path: Path) -> list[Path]:
    folder = tmp_path / "out"
    folder.mkdir()
    return export_beside(design, folder)


def ids(files: list[Path], design: object = None) -> list[str]:
    return [f.id for f in check_files(files, design, resimulate=False).findings]  # type: ignore[arg-type]


def test_a_header_is_read() -> None:
    tag = parse_header(f"fabdesign {'0af1' * 8} layer 07/12 um".encode().ljust(80))
    assert tag is not None
    assert (tag.hash_prefix, tag.layer, tag.layers) == ("0af1" * 8, 7, 12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "solid",
        f"fabdesign {'0af1' * 8} layer 12/12 um",
        f"fabdesign {'0AF1' * 8} layer 00/01 um",
        "x" * 80,
    ],
)
def test_other_headers_are_not(text: str) -> None:
    assert parse_header(text.encode().ljust(80)) is None


def test_every_flipped_bit_of_the_header_is_seen(design: Design, files: list[Path]) -> None:
    good = files[0].read_bytes()
    for position in range(0, 80, 3):
        bad = bytearray(good)
        bad[position] ^= 1 << position % 8
        files[0].write_bytes(bad)
        found = ids(files[:1], design)
        assert found[0].startswith(("chain.", "layer.swapped")), position


def test_found_in_the_runs(design: Design, files: list[Path], tmp_path: Path) -> None:
    files[0].with_name("design.safetensors").unlink()
    runs = tmp_path / "runs"
    save_design(make_design(1, pixels=(6, 6)), create_run(runs, "other") / "design.safetensors")
    run = create_run(runs, "digits")
    save_design(design, run / "design.safetensors")
    result = check_files(files, resimulate=False, runs_dir=runs)
    assert result.ok
    assert result.design_file == str(run / "design.safetensors")
    assert result.design_found == "in the run folders, by its hash"


def test_another_design_beside_it_is_passed_over(design: Design, files: list[Path]) -> None:
    save_design(make_design(1, pixels=(6, 6)), files[0].with_name("another.safetensors"))
    files[0].with_name("broken.safetensors").write_bytes(b"not a container")
    assert check_files(files, resimulate=False).design_hash == design.content_hash


def test_a_design_that_is_nowhere_is_named_by_its_hash(design: Design, files: list[Path]) -> None:
    files[0].with_name("design.safetensors").unlink()
    with pytest.raises(ConfigError, match=design.content_hash[:32]) as refusal:
        check_files(files, resimulate=False, runs_dir="nowhere")
    assert "beside it" in refusal.value.message
    assert "nowhere" in refusal.value.message
    assert "--design" in (refusal.value.hint or "")


def test_a_foreign_file_needs_a_design(design: Design, files: list[Path]) -> None:
    files[0].write_bytes(b"made elsewhere".ljust(80) + files[0].read_bytes()[80:])
    with pytest.raises(ConfigError, match="carries no hash"):
        check_files(files[:1], resimulate=False)
    result = check_files(files[:1], design, resimulate=False)
    assert not result.ok
    assert "made elsewhere" in result.findings[0].message
    assert result.levels_identical


def test_a_file_of_another_design(files: list[Path]) -> None:
    other = make_design(12, layers=2, pixels=(6, 6))
    assert {"chain.other-design", "levels.unlike"} <= set(ids(files, other))


def test_a_damaged_design_is_refused(files: list[Path]) -> None:
    path = files[0].with_name("design.safetensors")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match="was altered"):
        check_files(files, resimulate=False)


def test_wrong_arguments(design: Design, files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="At least one file"):
        check_files([])
    with pytest.raises(ConfigError, match="has 2 layers; got 3 files"):
        check_files([*files, files[0]], design)
    with pytest.raises(ConfigError, match="is a design"):
        check_files([files[0].with_name("design.safetensors")])
    with pytest.raises(FileFormatError, match="is a folder") as refusal:
        check_files([tmp_path])
    assert refusal.value.exit_code is ExitCode.FILE


def test_verify_walks_the_chain(design: Design, files: list[Path]) -> None:
    of_file = verify_path(files[1])
    assert of_file.ok
    assert of_file.kind == "stl"
    assert of_file.design_hash == design.content_hash
    assert len(of_file.proved) == 3
    of_design = verify_path(files[0].with_name("design.safetensors"))
    assert of_design.ok
    assert of_design.to_dict()["design"] == design.content_hash


def test_verify_sees_another_layer(design: Design, files: list[Path]) -> None:
    header = files[0].read_bytes()[:80]
    files[0].write_bytes(header + files[1].read_bytes()[80:])
    broken = verify_path(files[0])
    assert not broken.ok
    assert [finding.id for finding in broken.findings] == ["layer.swapped"]
    assert len(broken.proved) == 2
