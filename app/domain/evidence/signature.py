"""Whether somebody has signed, or only touched the screen. Coordinates are shares of the pad, from 0 to 1."""

from collections.abc import Sequence
from itertools import pairwise
from math import dist

Stroke = Sequence[tuple[float, float]]

# A short name written small still draws a line of half the pad's width; a slip of the finger does not.
SHORTEST_LINE = 0.4
LEAST_WIDTH, LEAST_HEIGHT = 0.08, 0.03
FEWEST_POINTS = 8


def is_blank(strokes: Sequence[Stroke]) -> bool:
    points = [point for stroke in strokes for point in stroke]
    if len(points) < FEWEST_POINTS:
        return True
    xs, ys = [x for x, _ in points], [y for _, y in points]
    line = sum(dist(a, b) for stroke in strokes for a, b in pairwise(stroke))
    return line < SHORTEST_LINE or max(xs) - min(xs) < LEAST_WIDTH or max(ys) - min(ys) < LEAST_HEIGHT
