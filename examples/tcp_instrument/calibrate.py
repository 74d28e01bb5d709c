"""Calibrate whatever answers at a port; run again after a lost connection to go on.

python -m examples.tcp_instrument.calibrate mesh.safetensors [--port 5025] [--queries 2000]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from examples.tcp_instrument.client import TcpInstrument
from fabdesign.chip import Plan, calibrate, load_mesh, save_calibration
from fabdesign.chip.data import load_examples


def main() -> None:
    """Connect, tune, and write calibration.safetensors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("design")
    parser.add_argument("--port", type=int, default=5025)
    parser.add_argument("--queries", type=int, default=2000)
    arguments = parser.parse_args()
    design = load_mesh(arguments.design)
    train, _test = load_examples(design.settings["data"], design.settings["side"])
    checkpoint = Path("tcp-checkpoint.safetensors")
    plan = Plan(queries=arguments.queries)
    result = calibrate(
        TcpInstrument(port=arguments.port),
        design.phase_rad[design.active],
        train,
        plan,
        outputs=design.physical.sizes[-1],
        design=design,
        checkpoint=checkpoint,
        resume=checkpoint.exists(),
        listen=lambda checked, state: print(checked.queries, f"loss {checked.loss:.4f}"),
    )
    about = {"kind": "tcp", "port": arguments.port}
    save_calibration(result, design, plan, "calibration.safetensors", instrument=about, scores={})


if __name__ == "__main__":
    main()
