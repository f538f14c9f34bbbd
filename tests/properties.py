"""How many examples a property is tried on: a quarter in `make test`, all with `PROPERTY_EXAMPLES=all` before it."""

import os

ALL = os.environ.get("PROPERTY_EXAMPLES") == "all"


def examples(many: int) -> int:
    """Of so many."""
    return many if ALL else max(many // 4, 20)
