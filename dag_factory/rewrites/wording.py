"""Lists in sentences."""

from collections.abc import Iterable

MOST = 6


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`; of many, the first ones and how many more."""
    several = list(items)
    if len(several) > MOST:
        several = [*several[: MOST - 1], f"{len(several) - MOST + 1} more"]
    return " and ".join([", ".join(several[:-1]), several[-1]] if len(several) > 1 else several)
