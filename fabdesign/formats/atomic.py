"""Writing files so that a failure leaves nothing half-written and nothing of the user's lost."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from fabdesign.errors import FileFormatError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, or write to another folder."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, or write to another folder."),
    errno.EACCES: ("the folder is not writable", "Choose a folder you may write to."),
    errno.EPERM: ("the folder is not writable", "Choose a folder you may write to."),
    errno.EROFS: ("the file system is read-only", "Choose a folder you may write to."),
    errno.ENOENT: ("the folder does not exist", "Create the folder first."),
    errno.ENOTDIR: ("a part of its path is a file, not a folder", "Choose another folder."),
    errno.EISDIR: ("it is a folder", "Name a file."),
    errno.EFBIG: ("the file system takes no file that large", "Write to another file system."),
}


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals to write `path` into a clear error.

    Raises:
        FileFormatError: the disk is full, the folder is missing or not writable.
    """
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), "Check the path."))
        raise FileFormatError(f"{path} cannot be written: {reason}.", hint=hint) from error


@contextlib.contextmanager
def atomic_file(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO[Any]]:
    """Open a temporary file beside `path` that takes its place only when the block ends well.

    Args:
        path: the file to write; an existing one is replaced in one step.
        mode: ``"wb"`` or ``"w"`` (UTF-8, line ends untouched).

    Raises:
        FileFormatError: the file cannot be written; nothing is left behind.
    """
    target = Path(path)
    with writing(target):
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=target.parent)
        try:
            text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
            with os.fdopen(descriptor, mode, **text) as stream:  # type: ignore[call-overload]
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101
            os.replace(name, target)  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108
            raise


def write_bytes_atomic(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a whole file in one step.

    Raises:
        FileFormatError: the file cannot be written; nothing is left behind.
    """
    with atomic_file(path) as stream:
        stream.write(data)


def write_text_atomic(path: str | os.PathLike[str], text: str) -> None:
    """Write a whole text file in one step, as UTF-8.

    Raises:
        FileFormatError: the file cannot be written; nothing is left behind.
    """
    write_bytes_atomic(path, text.encode("utf-8"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
