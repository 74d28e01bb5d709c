"""The instrument as fabdesign sees it: three members over one TCP connection, JSON lines."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip import InstrumentError, InstrumentLost, InstrumentTimeout

LONGEST_LINE = 50_000_000


class TcpInstrument:
    """A chip behind a socket.

    After a time-out the connection is made anew, so that a late answer is never taken for the next one.

    Args:
        host: where the server runs.
        port: of the server.
        timeout_s: how long to wait for an answer.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 5025, timeout_s: float = 10.0) -> None:
        self.address = (host, port)
        self.timeout_s = timeout_s
        self._connect()
        self.phase_count = int(self._ask({"do": "hello"})["phases"])

    def set_phases(self, phase_rad: NDArray[np.float64]) -> None:
        """Command the active phases."""
        self._ask({"do": "set", "phases": phase_rad.tolist()})

    def measure(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Send examples and detect the outputs, [example, output]."""
        return np.array(self._ask({"do": "measure", "inputs": inputs.tolist()})["outputs"], dtype=np.float64)

    def close(self) -> None:
        """End the connection; what could not be sent is dropped."""
        with suppress(OSError):
            self._stream.close()
        self._socket.close()

    def _connect(self) -> None:
        try:
            self._socket = socket.create_connection(self.address, self.timeout_s)
        except OSError as error:
            host, port = self.address
            raise InstrumentLost(
                f"No instrument answers at {host}:{port}: {error}.", hint="Start its server."
            ) from error
        self._stream = self._socket.makefile("rwb")

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            self._stream.write(json.dumps(request).encode() + b"\n")
            self._stream.flush()
            line = self._stream.readline(LONGEST_LINE)
        except TimeoutError as error:
            self.close()
            self._connect()
            raise InstrumentTimeout(f"No answer within {self.timeout_s:g} s.") from error
        except OSError as error:
            raise InstrumentLost(f"The connection to the instrument broke: {error}.") from error
        if not line.endswith(b"\n"):
            raise InstrumentLost("The instrument closed the connection.", hint="Start its server again.")
        return _answer(line)


def _answer(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError as error:
        raise InstrumentError(f"The instrument must answer with JSON; got {line[:60]!r}.") from error
    if not isinstance(answer, dict) or "error" in answer:
        raise InstrumentError(f"The instrument refused: {answer}.")
    return answer
