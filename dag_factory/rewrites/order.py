"""Sorts whose order nobody sees."""

from collections.abc import Iterator

from dag_factory.rewrites.drawing import Drawing
from dag_factory.rewrites.effects import COMPUTING, FILTERING, computed, stem
from dag_factory.rewrites.proposal import Proposal
from dag_factory.rewrites.wording import listed

BY_ORDER = frozenset({"first", "last"})
"""Aggregate functions whose result depends on the rows' order."""


def useless_sorts(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each sort without a limit that could be left out."""
    for node in drawing.looked_at(wanted):
        if not drawing.is_a(node.id, "sort") or drawing.config(node.id)["limit"] is not None:
            continue
        if drawing.only_input(node.id) is None or not drawing.graph.consumers(node.id):
            continue
        reason = _repeats(drawing, node.id)
        if reason is None and not order_matters(drawing, node.id, _keys(drawing, node.id)):
            consumers = dict.fromkeys(edge.target for edge in drawing.graph.consumers(node.id))
            reason = (
                f"No order that {drawing.title(node.id)} makes is left where rows are used: after it comes "
                f"{listed(drawing.title(each) for each in consumers)}, and nothing from there on depends on it."
            )
        if reason is not None:
            yield Proposal("remove-sort", node.id, reason, (node.id,), drawing.without(node.id))


def _keys(drawing: Drawing, node_id: str) -> frozenset[str]:
    return frozenset(key["column"] for key in drawing.config(node_id)["sort_by"])


def _ordered_by(drawing: Drawing, node_id: str) -> list[tuple[str, str, str]]:
    """The order that a node gives its rows: columns, directions and places of nulls."""
    config = drawing.config(node_id)
    match stem(drawing, node_id):
        case "sort":
            return [(k["column"], k.get("direction", "asc"), k.get("nulls", "last")) for k in config["sort_by"]]
        case "aggregate":
            return [(column, "asc", "last") for column in config["group_by"]]
    return []


def _repeats(drawing: Drawing, node_id: str) -> str | None:
    """Why the rows come in this very order already, if they do."""
    edge = drawing.only_input(node_id)
    assert edge is not None
    before, wanted = _ordered_by(drawing, edge.source), _ordered_by(drawing, node_id)
    if before[: len(wanted)] != wanted:
        return None
    return f"{drawing.title(edge.source)} hands its rows on in the order that {drawing.title(node_id)} would make."


def order_matters(drawing: Drawing, node_id: str, keys: frozenset[str] | None) -> bool:
    """Whether anything after a node depends on an order by these columns; None when they are no longer as they were."""
    return any(_matters_to(drawing, edge.target, edge.target_handle, keys) for edge in drawing.graph.consumers(node_id))


def _matters_to(  # noqa: PLR0911 - one return a module
    drawing: Drawing, node_id: str, handle: str | None, keys: frozenset[str] | None
) -> bool:
    config, kind = drawing.config(node_id), stem(drawing, node_id)
    match kind:
        case "sort" if keys is not None and keys <= _keys(drawing, node_id):
            return False  # its order is complete without that of before
        case "sort" if config["limit"] is not None:
            return True
        case "aggregate":
            return any(each["function"] in BY_ORDER for each in config["aggregations"])
        case "join" if config["join_type"] in {"semi", "anti"} and handle == "right":
            return False
        case "fill-nulls" if config["strategy"] in {"forward", "backward"}:
            return True
    if kind in FILTERING | COMPUTING | {"sort", "union", "join", "unpivot", "select-columns", "rename-columns"}:
        return order_matters(drawing, node_id, _still(drawing, node_id, kind, keys))
    return True  # a loader, or a module whose result may depend on it


def _still(drawing: Drawing, node_id: str, kind: str, keys: frozenset[str] | None) -> frozenset[str] | None:
    """What these columns are called behind a node; None when one of them is no longer as it was."""
    config = drawing.config(node_id)
    if keys is None or kind in FILTERING | {"sort"}:
        return keys
    if kind == "select-columns":
        return keys if keys <= set(config["columns"]) else None
    if kind == "rename-columns":
        return frozenset(config["rename_mapping"].get(name, name) for name in keys)
    made = computed(drawing, node_id) if kind in COMPUTING and kind != "split-column" else None
    return None if made is None or made & keys else keys
