"""What was wanted, what was measured, and how far one is from the other."""

import dataclasses
from dataclasses import dataclass


@dataclass
class Target:
    number: str  # of the list of targets
    what: str
    limit: str
    measured: str
    reached: bool | None  # None: not judged, and `how_far` says why
    how_far: str = ""
    floor: str = ""  # what the least that can be done reaches in the same run

    def beside(self, floor):
        """The same, with what the floor measures."""
        return dataclasses.replace(self, floor=number(floor) if floor is not None else "")

    def verdict(self):
        if self.reached is None:
            return self.how_far
        return "reached" if self.reached else f"**missed**: {self.how_far}"


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def at_most(which, what, value, limit, unit=""):
    far = f"{value / limit:.2f} times what it may be" if limit else ""
    return Target(which, what, f"at most {number(limit)}{unit}", number(value) + unit, value <= limit, far)


def at_least(which, what, value, limit, unit=""):
    far = f"{value / limit:.2f} of what it should be"
    return Target(which, what, f"at least {number(limit)}{unit}", number(value) + unit, value >= limit, far)


def not_judged(which, what, limit, why):
    return Target(which, what, limit, "", None, why)
