"""One file per contender: a class `Contender` that builds the network, makes steps and propagates a probe."""

import importlib

NAMES = ("ours", "plain", "plain_kept_memory", "lightridge", "svetlanna", "torchoptics", "jax_plain", "bound")


def load(name: str) -> type:
    """The contender of this name; ImportError if its package is not there."""
    return importlib.import_module(f"benchmarks.train_step.contenders.{name}").Contender
