"""One value, one text: JSON whose bytes depend on nothing but the value, so that it can be hashed."""

from __future__ import annotations

import json
from typing import Any


def dumps(value: Any) -> bytes:
    """Write JSON with sorted keys, no spaces and the shortest form of every float.

    Raises:
        ValueError: the value holds NaN or infinity.
        TypeError: the value holds something that JSON has no form for.

    >>> dumps({"b": 1.50, "a": "λ"})
    b'{"a":"\\xce\\xbb","b":1.5}'
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")
