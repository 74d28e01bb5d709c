"""Transform lengths that are fast."""


def good_size(minimum: int) -> int:
    """The smallest multiple of 8 with no prime factor but 2, 3 and 5 that is not below ``minimum``.

    Odd lengths such as 399 cost four times as much as 400 in MKL.

    >>> good_size(127), good_size(399), good_size(2 * 1000 - 1)
    (128, 400, 2000)
    """
    size = max(8, -(-minimum // 8) * 8)
    while not _is_smooth(size):
        size += 8
    return size


def _is_smooth(number: int) -> bool:
    for prime in (2, 3, 5):
        while number % prime == 0:
            number //= prime
    return number == 1
