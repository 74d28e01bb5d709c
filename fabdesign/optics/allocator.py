"""Let the C library keep large buffers instead of giving them back to the kernel after every use."""

import ctypes
import os
import sys
from functools import lru_cache

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_KEEP_BYTES = 2**30


@lru_cache(maxsize=1)
def tune_allocator() -> bool:
    """Make glibc keep freed memory for the next use, once in a process.

    By default glibc maps every buffer above 32 MiB afresh, and the page faults take up to half the time of
    a training step. This sets ``M_MMAP_THRESHOLD`` and ``M_TRIM_THRESHOLD`` to 1 GiB (mallopt(3)). Linux with
    glibc only; elsewhere, and with ``FABDESIGN_MALLOPT=0`` in the environment, nothing happens.

    Returns:
        Whether the settings were made.
    """
    if os.environ.get("FABDESIGN_MALLOPT") == "0" or not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    settings = {_M_MMAP_THRESHOLD: _KEEP_BYTES, _M_TRIM_THRESHOLD: _KEEP_BYTES}
    accepted = [mallopt(option, value) for option, value in settings.items()]
    return all(accepted)
