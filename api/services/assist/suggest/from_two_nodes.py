"""What two relations of a graph ask for: the keys that they share, or the same columns."""

from collections.abc import Iterator

from api.services.assist.suggest.column_kinds import Columns, Kind, comparable, kinds
from api.services.assist.suggest.idea import Idea, Output, Spot

SHORT_PREFIX = 3
"""Letters before the underscore of names like `o_custkey`, which tell the table."""


def join(spot: Spot) -> Iterator[Idea]:
    """Each other node that has a key in common."""
    for other in spot.others:
        left, right, how = common_keys(spot.at, other)
        if left:
            config = {"join_type": "inner", "left_on": left} | ({"right_on": right} if right != left else {})
            keys = " and ".join(a if a == b else f"{a} = {b}" for a, b in zip(left, right, strict=True))
            reason = f"Shares a key with “{other.title}”: {keys}"
            yield Idea(
                "join-transformer", config, reason, how * (1.0 if other.is_loose else 0.5), "columns", other.node_id
            )


def union(spot: Spot) -> Iterator[Idea]:
    """Another node with the same columns."""
    mine = spot.columns
    for other in spot.others:
        shared = [name for name in mine if name in other.columns and comparable(mine[name], other.columns[name])]
        if mine and len(shared) == len(mine) == len(other.columns):
            reason = f"Has the same columns as “{other.title}”"
            strength = 0.9 if other.is_loose else 0.3
            yield Idea("union-transformer", {}, reason, strength, "columns", other.node_id)


def common_keys(left: Output, right: Output) -> tuple[list[str], list[str], float]:
    """The columns that probably mean the same, and how probably."""
    same = [
        (kind.name, kind.name)
        for kind in kinds(left.columns)
        if kind.is_key and comparable(kind.type, right.columns.get(kind.name, ""))
    ]
    if same:
        return *_sides(same[:FEW_KEYS]), 0.95
    prefixed = _without_prefix(left.columns, right.columns)
    if prefixed:
        return *_sides(prefixed[:FEW_KEYS]), 0.9
    named = _of_its_name(left, right) or [(b, a) for a, b in _of_its_name(right, left)]
    return *_sides(named[:1]), 0.85


FEW_KEYS = 2


def _sides(pairs: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [left for left, _ in pairs], [right for _, right in pairs]


def _without_prefix(left: Columns, right: Columns) -> list[tuple[str, str]]:
    """`o_custkey` and `c_custkey`: what differs is only which table they are of."""
    stems = {stem: kind for kind in kinds(right) if (stem := _stem(kind))}
    return [
        (kind.name, stems[stem].name)
        for kind in kinds(left)
        if (stem := _stem(kind)) in stems and comparable(kind.type, stems[stem].type)
    ]


def _stem(kind: Kind) -> str | None:
    prefix, _, stem = kind.name.partition("_")
    return stem if stem and len(prefix) <= SHORT_PREFIX and kind.is_key else None


def _of_its_name(naming: Output, named: Output) -> list[tuple[str, str]]:
    """`customer_id` here is the `id` of a node that is called Customers."""
    for kind in kinds(naming.columns):
        owner, _, key = kind.name.rpartition("_")
        called = named.title.lower()
        if (
            len(owner) > 2
            and kind.is_key
            and owner.lower() in called
            and comparable(kind.type, named.columns.get(key, ""))
        ):
            return [(kind.name, key)]
    return []
