"""Writing in one step: a failure leaves the old file as it was and nothing beside it."""

import os
from pathlib import Path

import pytest

from fabdesign.errors import FileFormatError
from fabdesign.formats.atomic import atomic_file, write_bytes_atomic


def test_failure_keeps_the_old_file_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out.stl"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), atomic_file(target) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.stl"]


def test_success_replaces_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "out.stl"
    target.write_bytes(b"old")
    write_bytes_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="folder does not exist"):
        write_bytes_atomic(tmp_path / "no" / "out.stl", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def always_full(*, prefix: str, suffix: str, dir: Path) -> tuple[int, str]:
        name = dir / f"{prefix}{suffix}"
        name.touch()
        return os.open("/dev/full", os.O_WRONLY), str(name)

    monkeypatch.setattr("tempfile.mkstemp", always_full)
    with pytest.raises(FileFormatError, match="disk is full"):
        write_bytes_atomic(tmp_path / "out.stl", b"x" * 100_000)
    assert list(tmp_path.iterdir()) == []


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
