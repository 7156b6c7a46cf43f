"""Each second of a clip counts once, whatever a browser claims."""

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from learning import ranges

LENGTH = 60
seconds = st.integers(-5, LENGTH + 5)
claims = st.lists(st.tuples(seconds, seconds).map(list), max_size=12)


def covered(stretches: list[list[float]]) -> set[int]:
    """The whole seconds of stretches that begin and end on whole seconds."""
    return {s for start, end in stretches for s in range(math.ceil(start), math.floor(end))}


@given(claims)
def test_cleaning_counts_each_second_once_and_inside_the_clip(claimed: list[list[float]]) -> None:
    cleaned = ranges.clean(claimed, LENGTH)
    wanted = {s for start, end in claimed for s in range(int(start), int(end)) if 0 <= s < LENGTH}
    assert covered(cleaned) == wanted
    assert ranges.seconds(cleaned) == len(wanted)
    assert all(one[1] < other[0] for one, other in pairwise(cleaned))


@given(claims, claims)
def test_the_order_of_reports_does_not_matter(
    first: list[list[float]], second: list[list[float]]
) -> None:
    one, other = ranges.clean(first, LENGTH), ranges.clean(second, LENGTH)
    assert ranges.add(one, other, LENGTH) == ranges.add(other, one, LENGTH)
    assert ranges.add(one, one, LENGTH) == one


@given(claims, claims, st.integers(0, LENGTH))
def test_a_report_adds_no_more_than_its_allowance(
    first: list[list[float]], second: list[list[float]], allowance: int
) -> None:
    known, claimed = ranges.clean(first, LENGTH), ranges.clean(second, LENGTH)
    new = covered(claimed) - covered(known)
    grown = ranges.add(known, claimed, allowance)
    assert ranges.seconds(grown) == ranges.seconds(known) + min(len(new), allowance)
    assert covered(known) <= covered(grown) <= covered(known) | covered(claimed)


def test_what_is_no_stretch_of_time_is_left_out() -> None:
    nonsense = [[math.nan, 5], [1], [3, 2], [-math.inf, math.inf], [0, 1, 2], [2, 4]]
    assert ranges.clean(nonsense, LENGTH) == [[2, 4]]
