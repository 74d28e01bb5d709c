"""The laboratory's side: a chip, here a simulated one, that answers JSON lines over TCP.

python -m examples.tcp_instrument.server mesh.safetensors [--port 5025] [--chip-seed 0]
"""

from __future__ import annotations

import argparse
import json
import socketserver
from typing import Any

import numpy as np

from fabdesign.chip import Instrument, SimulatedChip, load_mesh
from fabdesign.errors import FabdesignError

LONGEST_LINE = 50_000_000


class Handler(socketserver.StreamRequestHandler):
    """Answers one connection, line by line, until it is closed."""

    server: ChipServer

    def handle(self) -> None:
        """Answer until the other side has gone."""
        while (line := self.rfile.readline(LONGEST_LINE)).endswith(b"\n"):
            self.wfile.write(json.dumps(answer(self.server.chip, line)).encode() + b"\n")


class ChipServer(socketserver.TCPServer):
    """One chip at one port; one connection at a time, as a laboratory has it.

    Args:
        chip: what is asked; put your own hardware here.
        port: 0 takes a free one.
        host: the default admits this computer only.
    """

    allow_reuse_address = True

    def __init__(self, chip: Instrument, port: int = 5025, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.chip = chip


def answer(chip: Instrument, line: bytes) -> dict[str, Any]:
    """Do what one line asks."""
    try:
        request = json.loads(line)
        match request["do"]:
            case "hello":
                return {"phases": chip.phase_count}
            case "set":
                chip.set_phases(np.array(request["phases"], dtype=np.float64))
                return {"ok": True}
            case "measure":
                outputs = chip.measure(np.array(request["inputs"], dtype=np.float64))
                return {"outputs": outputs.tolist()}
        return {"error": f"unknown request {request['do']!r}"}
    except (FabdesignError, ValueError, KeyError, TypeError) as error:
        return {"error": str(error) or type(error).__name__}


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("design")
    parser.add_argument("--port", type=int, default=5025)
    parser.add_argument("--chip-seed", type=int, default=0)
    arguments = parser.parse_args()
    chip = SimulatedChip(load_mesh(arguments.design), seed=arguments.chip_seed)
    with ChipServer(chip, arguments.port) as server:
        print(f"chip {arguments.chip_seed} answers at {server.server_address}")
        server.serve_forever()


if __name__ == "__main__":
    main()
