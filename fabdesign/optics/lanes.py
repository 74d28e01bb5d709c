"""Independent pieces of work on several threads, with one thread inside each piece.

Two Python threads over micro-batches that stay in their core's cache beat torch's own threads inside one
operation, and what each piece computes does not depend on how many threads there are.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_lanes(
    work: Callable[[Item], Result], items: Sequence[Item], *, lanes: int | None = None
) -> list[Result]:
    """Apply ``work`` to each item, several at a time, and return the results in the order of the items.

    The calling thread is one of the lanes. torch's own threads are set to one meanwhile, for the whole
    process. Sum the results in their order, and a sum is bit for bit the same whatever the number of lanes.

    Args:
        work: what is done with an item; torch operations in it run without holding Python's lock.
        items: the pieces, independent of one another.
        lanes: threads to use; `torch.get_num_threads()` by default.

    Returns:
        The results.

    >>> map_lanes(lambda n: n * n, [1, 2, 3], lanes=2)
    [1, 4, 9]
    """
    helpers = min(lanes or torch.get_num_threads(), len(items)) - 1
    with _one_thread_inside():
        if helpers <= 0:
            return [work(item) for item in items]
        return _shared(work, items, helpers)


def _shared(work: Callable[[Item], Result], items: Sequence[Item], helpers: int) -> list[Result]:
    results: dict[int, Result] = {}
    numbers = count()
    grad, inference = torch.is_grad_enabled(), torch.is_inference_mode_enabled()

    def drain() -> None:
        # A new thread does not inherit the caller's autograd mode.
        with torch.inference_mode(inference), torch.set_grad_enabled(grad):
            while (number := next(numbers)) < len(items):
                results[number] = work(items[number])

    with ThreadPoolExecutor(helpers, "lane", torch.set_num_threads, (1,)) as pool:
        others = [pool.submit(drain) for _ in range(helpers)]
        drain()
        for other in others:
            other.result()
    return [results[number] for number in range(len(items))]


@contextmanager
def _one_thread_inside() -> Iterator[None]:
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
