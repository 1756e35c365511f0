"""A slow page never lags behind, and a fast one is not held up."""

import heapq

from hypothesis import given
from hypothesis import strategies as st

from views.kit.acknowledged import Acknowledged


def lags(draw_s: float, transit_s: float = 0.005, seconds: float = 6.0) -> tuple[list[float], int]:
    """A run of sixty moments a second in a browser that needs ``draw_s`` for each of them."""
    acks, answers = Acknowledged(), []
    free_at, seen, n_drawn = 0.0, [], 0
    for k in range(int(60 * seconds)):
        now = k / 60
        while answers and answers[0][0] <= now:
            at, number = heapq.heappop(answers)
            acks.answered(number, at)
        if not acks.allows(now):
            continue
        drawn_at = max(now + transit_s, free_at) + draw_s
        free_at, n_drawn = drawn_at, n_drawn + 1
        seen.append(drawn_at - now)
        if acks.sent(now):
            heapq.heappush(answers, (drawn_at + transit_s, acks.number))
    return seen, n_drawn


def test_a_fast_browser_sees_nearly_every_moment():
    _, n_drawn = lags(0.004)
    assert n_drawn > 0.97 * 360


@given(st.floats(0.001, 1.0))
def test_what_is_drawn_is_never_older_than_two_drawings_and_a_tenth_of_a_second(draw_s):
    seen, n_drawn = lags(draw_s)
    assert n_drawn > 0
    # A prompt browser is sent what comes within 60 ms of the moment that asks: four more at most.
    assert max(seen) < 2 * draw_s + 0.1 + 5 * min(draw_s, 0.06)


def test_a_browser_that_was_prompt_and_is_slow_now_is_sent_one_moment_at_a_time():
    acks = Acknowledged()
    assert acks.allows(0.0)
    assert acks.sent(0.0)
    acks.answered(1, 0.02)
    assert acks.allows(0.03)
    assert acks.sent(0.07)
    assert acks.allows(0.12)
    assert not acks.allows(0.14)
    acks.answered(2, 0.5)
    assert acks.sent(0.5)
    assert not acks.allows(0.51)


def test_an_answer_that_never_comes_holds_nothing_up_for_long():
    acks = Acknowledged()
    acks.sent(0.0)
    acks.answered(7, 0.1)
    acks.answered("1", 0.1)
    assert not acks.allows(1.9)
    assert acks.allows(2.1)
    assert acks.sent(2.1)
    assert not acks.allows(2.2)
