"""The example of an instrument over a socket works, also when the line goes dead and comes back."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from examples.tcp_instrument.client import TcpInstrument
from examples.tcp_instrument.server import ChipServer, answer
from fabdesign.chip import (
    ErrorModel,
    InstrumentError,
    InstrumentLost,
    InstrumentTimeout,
    Plan,
    SimulatedChip,
    calibrate,
)
from tests.chip.laboratory import clusters, trained_design

WRONG = ErrorModel(bias_std_rad=0.25)


class DyingChip(SimulatedChip):
    """Closes the connection at its hundredth measurement."""

    asked = 0

    def measure(self, inputs: np.ndarray) -> np.ndarray:
        self.asked += 1
        if self.asked == 100:
            raise ConnectionAbortedError
        return super().measure(inputs)


class SlowChip(SimulatedChip):
    """Takes half a second for its first measurement."""

    asked = 0

    def measure(self, inputs: np.ndarray) -> np.ndarray:
        self.asked += 1
        if self.asked == 1:
            time.sleep(0.5)
        return super().measure(inputs)


@contextmanager
def serving(chip: SimulatedChip) -> Iterator[int]:
    with ChipServer(chip, port=0) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def test_learning_over_a_socket_is_as_learning_at_hand_and_survives_a_lost_line(tmp_path: Path) -> None:
    design = trained_design()
    start, plan, path = design.phase_rad[design.active], Plan(queries=150), tmp_path / "state.safetensors"
    at_hand = calibrate(SimulatedChip(design, WRONG, seed=1), start, clusters(), plan, outputs=3)
    with serving(DyingChip(design, WRONG, seed=1)) as port:
        there = TcpInstrument(port=port)
        with pytest.raises(InstrumentLost, match="closed the connection"):
            calibrate(there, start, clusters(), plan, outputs=3, checkpoint=path)
        there.close()
        back = TcpInstrument(port=port)
        result = calibrate(back, start, clusters(), plan, outputs=3, checkpoint=path, resume=True)
        back.close()
    assert result.state.queries == 150
    steps = result.state.history[0]
    assert steps == at_hand.state.history[0]
    assert result.state.best.loss < at_hand.state.history[0].loss


def test_no_answer_in_time_is_a_time_out_and_the_late_one_is_dropped() -> None:
    design = trained_design()
    chip = SimulatedChip(design)
    with serving(SlowChip(design)) as port, closing(TcpInstrument(port=port)) as there:
        inputs = clusters(2).inputs
        there._socket.settimeout(0.05)
        with pytest.raises(InstrumentTimeout):
            there.measure(inputs)
        assert np.allclose(there.measure(inputs), chip.measure(inputs))


def test_a_line_that_takes_nothing_is_a_time_out_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        greeter = threading.Thread(target=greet, args=(deaf,))
        greeter.start()
        with closing(TcpInstrument(port=deaf.getsockname()[1])) as there:
            greeter.join()
            there._socket.settimeout(0.05)
            with pytest.raises(InstrumentTimeout):
                there.measure(np.zeros((2000, 1000)))


def greet(deaf: socket.socket) -> None:
    """Answer the first line; read no other."""
    line, _ = deaf.accept()
    with line.makefile("rwb") as stream:
        stream.readline()
        stream.write(b'{"phases": 1}\n')
        stream.flush()
        KEPT.append(line)


KEPT: list[socket.socket] = []


def test_refusals_and_nonsense_are_told() -> None:
    chip = SimulatedChip(trained_design())
    for line in (
        b"no json",
        b"[]",
        b'{"do": "dance"}',
        b'{"do": "set", "phases": [1]}',
        b'{"do": "measure"}',
    ):
        assert "error" in answer(chip, line)
    with serving(chip) as port:
        there = TcpInstrument(port=port)
        with pytest.raises(InstrumentError, match="refused"):
            there.set_phases(np.zeros(2))
        there.close()


def test_nobody_at_the_port_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InstrumentLost, match="No instrument answers"):
        TcpInstrument(port=port)
