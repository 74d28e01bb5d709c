"""Several processes that train one network: each takes a share of every batch, and sums go round among them.

torchrun starts them and tells each its number (``RANK``), how many there are (``WORLD_SIZE``) and where they
meet (``MASTER_ADDR``, ``MASTER_PORT``). They exchange plain numbers through gloo: nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

from fabdesign.errors import ConfigError, ProcessLost

TIMEOUT_S = 600.0
"""How long a process waits for the slowest of the others before it gives up."""

_LAUNCHED = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True)
class Ranks:
    """This process among those that train together. All of them call the same methods in the same order.

    Args:
        rank: number of this process, from 0; number 0 leads: it alone writes and prints.
        size: how many there are.
        here: how many of them run on this machine.

    >>> [Ranks(rank, 3).share(5) for rank in range(3)]
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """

    rank: int = 0
    size: int = 1
    here: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes and prints."""
        return self.rank == 0

    def share(self, count: int) -> slice:
        """Return which of ``count`` things are this process's; the first ones take one more if need be."""
        each, more = divmod(count, self.size)
        first = self.rank * each + min(self.rank, more)
        return slice(first, first + each + (self.rank < more))

    def add_up(self, *tensors: Tensor) -> None:
        """Replace each tensor by its sum over all processes, the same bits in each of them.

        Raises:
            ProcessLost: another process has ended or does not answer.
        """
        for tensor in tensors if self.size > 1 else ():
            here = tensor.cpu()
            with self._talking():
                dist.all_reduce(here)
            if here is not tensor:
                tensor.copy_(here)

    def joined(self, parts: Sequence[Tensor], count: int) -> Tensor:
        """Return the results of ``count`` things from everybody's, in their order.

        Args:
            parts: float32 results of this process's share, along the first axis.
            count: of all.

        Raises:
            ProcessLost: another process has ended or does not answer.
        """
        if self.size == 1:
            return torch.cat(list(parts))
        whole = torch.zeros((count, *self._shape(parts)))
        if parts:
            whole[self.share(count)] = torch.cat(list(parts)).cpu()
        self.add_up(whole)
        return whole.to(parts[0].device) if parts else whole

    def any(self, flag: bool) -> bool:
        """Return whether the flag is set in one of the processes.

        Raises:
            ProcessLost: another process has ended or does not answer.
        """
        flags = torch.tensor(float(flag))
        self.add_up(flags)
        return bool(flags > 0)

    def copy_leader(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by that of the leading process.

        Raises:
            ProcessLost: another process has ended or does not answer.
        """
        for tensor in tensors if self.size > 1 else ():
            here = tensor.detach().cpu()
            with self._talking():
                dist.broadcast(here, 0)
            tensor.detach().copy_(here)

    def told(self, text: str) -> str:
        """Return the leading process's text.

        Raises:
            ProcessLost: another process has ended or does not answer.
        """
        content = list(text.encode()) if self.leads else []
        size = torch.tensor(len(content))
        self.copy_leader([size])
        letters = torch.tensor(content or [0] * int(size), dtype=torch.uint8)
        self.copy_leader([letters])
        return bytes(letters.tolist()).decode()

    def check_same(self, facts: Mapping[str, object]) -> None:
        """Make sure that all processes were given the same.

        Args:
            facts: plain JSON values by their names.

        Raises:
            ConfigError: they were not.
            ProcessLost: another process has ended or does not answer.
        """
        if self.size == 1:
            return
        names = sorted(facts)
        same_names = not any(self._differing([names]))
        wrong = self._differing([facts[name] for name in names]) if same_names else []
        differ = [name for name, bad in zip(names, wrong, strict=True) if bad] if same_names else ["settings"]
        if differ:
            raise ConfigError(
                f"all {self.size} processes must train the same; {', '.join(differ)} differ between them.",
                hint="Give each the same version, project, data and process profile, and all one run folder.",
            )

    def _differing(self, facts: list[object]) -> list[bool]:
        """Which facts are another's in one of the processes."""
        mine = torch.tensor([_digest(fact) for fact in facts])
        leaders = mine.clone()
        self.copy_leader([leaders])
        differs = (mine != leaders).double()
        self.add_up(differs)
        return [bool(value > 0) for value in differs]

    def _shape(self, parts: Sequence[Tensor]) -> list[int]:
        """The shape of one result; the leading process has a share of everything."""
        shape = torch.full((8,), -1)
        if parts:
            shape[: parts[0].ndim - 1] = torch.tensor(parts[0].shape[1:])
        self.copy_leader([shape])
        return [int(side) for side in shape if side >= 0]

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            raise ProcessLost(
                f"process {self.rank} of {self.size} lost another one: {_reason(error)}",
                hint="The one that ended first says why.",
            ) from error


ALONE = Ranks()


@contextmanager
def joined_ranks(timeout_s: float = TIMEOUT_S) -> Iterator[Ranks]:
    """Join the processes that torchrun started together; without torchrun this process is alone.

    Args:
        timeout_s: how long to wait for the slowest process.

    Raises:
        ConfigError: the launcher's variables are no numbers.
        ProcessLost: the others cannot be reached.
    """
    if not all(os.environ.get(name) for name in _LAUNCHED):
        yield ALONE
        return
    ranks = _launched()
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    with ranks._talking():
        dist.init_process_group("gloo", timeout=timedelta(seconds=timeout_s))
    try:
        yield ranks
    finally:
        dist.destroy_process_group()


def _launched() -> Ranks:
    told = {name: os.environ[name] for name in ("RANK", "WORLD_SIZE", "MASTER_PORT")}
    if not all(value.isdecimal() for value in told.values()) or int(told["RANK"]) >= int(told["WORLD_SIZE"]):
        raise ConfigError(
            "RANK, WORLD_SIZE and MASTER_PORT must be whole numbers with RANK below WORLD_SIZE; got "
            + ", ".join(f"{name}={value!r}" for name, value in told.items())
            + ".",
            hint="torchrun sets them; unset RANK to train in one process.",
        )
    here = os.environ.get("LOCAL_WORLD_SIZE", "1")
    return Ranks(int(told["RANK"]), int(told["WORLD_SIZE"]), int(here) if here.isdecimal() else 1)


def _reason(error: RuntimeError) -> str:
    """What gloo or the rendezvous says, without the place in their sources and without advice."""
    first = re.sub(r"^\[[^]]*\.(?:cc|cpp|h):\d+\] *", "", str(error).strip()).splitlines()[0]
    return f"{first.split('. ')[0].rstrip('.')}."


def _digest(fact: object) -> int:
    text = json.dumps(fact, sort_keys=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
