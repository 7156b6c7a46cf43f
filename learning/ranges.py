"""Watched stretches of a clip: [[from, to], ...] in seconds, each second counted once."""

import math
from collections.abc import Iterable, Sequence

Ranges = list[list[float]]
MOST = 500  # ranges in one report; a page merges its own


def clean(claimed: Iterable[Sequence[float]], longest: float) -> Ranges:
    """Keep what lies inside 0..`longest` and merge it; what is no stretch of time is left out."""
    kept = []
    for pair in list(claimed)[:MOST]:
        if len(pair) != 2 or not all(math.isfinite(end) for end in pair):
            continue
        start, end = max(0.0, float(pair[0])), min(float(pair[1]), longest)
        if end > start:
            kept.append([start, end])
    return merge(kept)


def merge(ranges: Iterable[Sequence[float]]) -> Ranges:
    """Sort, and join what overlaps or touches."""
    merged: Ranges = []
    for start, end in sorted((pair[0], pair[1]) for pair in ranges):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def seconds(ranges: Iterable[Sequence[float]]) -> float:
    """How many distinct seconds merged ranges hold."""
    return sum(end - start for start, end in ranges)


def add(known: Ranges, claimed: Ranges, allowance: float) -> Ranges:
    """Merge `claimed` into `known`, but no more than `allowance` new seconds, earliest first."""
    grown = merge(known)
    for start, end in claimed:
        for gap_start, gap_end in _gaps(grown, start, end):
            taken = min(gap_end - gap_start, allowance)
            if taken <= 0:
                continue
            grown = merge([*grown, [gap_start, gap_start + taken]])
            allowance -= taken
    return grown


def _gaps(known: Ranges, start: float, end: float) -> Ranges:
    gaps, at = [], start
    for first, last in known:
        if last <= at:
            continue
        if first >= end:
            break
        if first > at:
            gaps.append([at, first])
        at = max(at, last)
    if at < end:
        gaps.append([at, end])
    return gaps
