"""Chunks of copies on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fabdesign.check.tolerance.monte_carlo import Plan, Record, Work, run_chunk
from fabdesign.errors import ConfigError


def dask_work(scheduler: str, timeout_s: float = 20.0) -> Work:
    """Return what computes chunks on the workers of a Dask scheduler.

    Which copies belong to a chunk is fixed by their numbers, and each draws from its own seed: the records
    are those of a run in one process. Dask gives the chunk of a worker that dies to another one.

    Dask sends Python objects between its own processes: connect to a scheduler that you trust only.

    Args:
        scheduler: its address, such as ``tcp://10.0.0.5:8786``.
        timeout_s: how long to wait for an answer.

    Raises:
        ConfigError: Dask is not installed, or there is no scheduler at the address.
    """
    distributed = _import()

    def work(plan: Plan, chunks: list[int]) -> Iterator[tuple[int, list[Record]]]:
        try:
            client = distributed.Client(scheduler, timeout=timeout_s)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"no Dask scheduler answers at {scheduler}: {error}.",
                hint="Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
            ) from error
        with client:
            sent = client.scatter(plan, broadcast=True, hash=False)
            futures = [client.submit(_numbered, sent, chunk, pure=False) for chunk in chunks]
            for future in distributed.as_completed(futures):
                yield future.result()

    return work


def _numbered(plan: Plan, chunk: int) -> tuple[int, list[Record]]:
    import torch  # noqa: PLC0415

    torch.set_num_threads(1)
    return chunk, run_chunk(plan, chunk)


def _import() -> Any:
    try:
        import distributed  # noqa: PLC0415
    except ImportError:
        raise ConfigError(
            "Dask is not installed.", hint='Install it: pip install "fabdesign[cluster]".'
        ) from None
    return distributed
