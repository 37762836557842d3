"""Numbers of several rounds, and how they are written."""

import statistics
import subprocess
from dataclasses import dataclass

from .stand import Failed


@dataclass
class Summary:
    median: float
    low: float
    high: float

    def text(self, digits=2, scale=1.0):
        middle, low, high = (f"{value * scale:,.{digits}f}" for value in (self.median, self.low, self.high))
        return f"{middle} ({low}-{high})"


def summary(values):
    values = list(values)
    return Summary(statistics.median(values), min(values), max(values))


def of(rounds, name):
    """One figure over the rounds."""
    return summary(played[name] for played in rounds)


def ratio(ours, theirs, name):
    """Of one figure, round by round: both were measured one after the other."""
    return summary(a[name] / b[name] for a, b in zip(ours, theirs) if b[name])


def interleaved(contestants, rounds, missing=None):
    """Plays A B C, B C A, C A B ...: what disturbs the machine disturbs all of them. Results by name.

    Who fails is out, and goes into `missing` with the reason; without it, the failure is everybody's.
    """
    names, played = list(contestants), {name: [] for name in contestants}
    for number in range(rounds):
        turn = number % len(names)
        for name in [name for name in names[turn:] + names[:turn] if name in played]:
            try:
                played[name].append(contestants[name]())
            except (Failed, OSError, subprocess.SubprocessError) as problem:
                if missing is None:
                    raise
                missing[name] = str(problem)
                del played[name]
    return played


@dataclass
class Line:
    slope: float
    intercept: float
    r2: float


def fitted(points):
    """The straight line with the least squares, and how much of the variance it explains."""
    xs, ys = zip(*points)
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    intercept = mean_y - slope * mean_x
    total = sum((y - mean_y) ** 2 for y in ys)
    left = sum((y - intercept - slope * x) ** 2 for x, y in points)
    return Line(slope, intercept, 1 - left / total if total else 1.0)


def table(head, rows):
    """A table of Markdown; the first column is text, the others are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
