"""The scheduler's random words: splitmix64 and exact integer draws from it.

``state[COUNTER]`` is the state of the stream.
"""

from __future__ import annotations

import numpy as np

from engines.sorting.chance import rng
from engines.sorting.kernels.jit import inlined
from engines.sorting.kernels.state import COUNTER, DIGITS

GAMMA = np.uint64(rng.GAMMA)
_MIX_1, _MIX_2 = np.uint64(rng.MIX_1), np.uint64(rng.MIX_2)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_TWO_32 = np.uint64(2**32)


@inlined
def _mixed(word: np.uint64) -> np.uint64:
    word = (word ^ (word >> _S30)) * _MIX_1
    word = (word ^ (word >> _S27)) * _MIX_2
    return word ^ (word >> _S31)


@inlined
def next_word(state: np.ndarray) -> np.uint64:
    """The next 64 random bits."""
    word = np.uint64(state[COUNTER]) + GAMMA
    state[COUNTER] = np.int64(word)
    return _mixed(word)


@inlined
def happens(state: np.ndarray, odds: int, stream: int, number: int) -> bool | np.bool:
    """Whether the chance at place ``odds`` comes true in word ``number`` of its own stream."""
    if state[odds] == 0:
        return False
    word = np.uint64(state[stream]) + GAMMA * np.uint64(number)
    return _mixed(word) < np.uint64(state[odds])


@inlined
def skip_words(state: np.ndarray, n_words: int) -> None:
    """Leave out words that nobody will look at."""
    state[COUNTER] = np.int64(np.uint64(state[COUNTER]) + GAMMA * np.uint64(n_words))


@inlined
def fair(product: np.uint64, limit: np.uint64) -> bool | np.bool:
    """Whether a 32-bit multiply-shift draw is to be kept (Lemire 2019: then it has no bias)."""
    low = product & _LOW
    if low >= limit:
        return True
    return low >= (_TWO_32 - limit) % limit


@inlined
def below(state: np.ndarray, limit: int) -> np.int64:
    """A uniform integer in 0..limit-1, exactly; limit <= 2**32."""
    top = np.uint64(limit)
    while True:
        product = (next_word(state) >> _S32) * top
        if fair(product, top):
            return np.int64(product >> _S32)


@inlined
def two_below(state: np.ndarray, high_limit: int, low_limit: int) -> tuple[np.int64, np.int64]:
    """Two independent uniform integers from the halves of one word."""
    high_top, low_top = np.uint64(high_limit), np.uint64(low_limit)
    while True:
        word = next_word(state)
        high, low = (word >> _S32) * high_top, (word & _LOW) * low_top
        if fair(high, high_top) and fair(low, low_top):
            return np.int64(high >> _S32), np.int64(low >> _S32)


@inlined
def geometric(state: np.ndarray) -> np.int64:
    """Failures before a success, for the chance that `geometric_digits` was asked for.

    The binary digits of a geometric number are independent, so one comparison per digit is exact
    and needs no logarithm, whose last bit differs between machines.
    """
    failures, word = np.int64(0), np.uint64(0)
    for digit in range(len(state) - DIGITS):
        # Half a word decides, but for one case in 2**32.
        word = next_word(state) if digit % 2 == 0 else word << _S32
        half, odds = word >> _S32, np.uint64(state[DIGITS + digit])
        ones = half < odds >> _S32
        if half == odds >> _S32:
            ones = next_word(state) >> _S32 < odds & _LOW
        failures += np.int64(ones) << digit
    return failures


def geometric_digits(n: int) -> np.ndarray:
    """int64[digit] (bits of uint64): odds out of 2**64 of each digit, for the chance 1/n.

    Digit j is one with probability x / (1 + x), x = (1 - 1/n)**(2**j).
    """
    one = 1 << 192
    power, odds = one - one // max(n, 1), []
    while power >> 128:
        odds.append(min((power << 64) // (one + power), 2**64 - 1))
        power = power * power >> 192
    return np.array(odds, np.uint64).view(np.int64)
