"""A polite stop: SIGINT and SIGTERM ask, the loop answers at the end of its step."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class StopOnSignal:
    """While entered, the first SIGINT or SIGTERM sets :attr:`asked`; a second one acts as it always did.

    Outside the main thread nothing is installed, and nothing is asked.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, object] = {}

    def __enter__(self) -> StopOnSignal:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()
