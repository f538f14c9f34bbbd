"""Deduplications of rows that are all different already."""

from collections.abc import Iterator

from dag_factory.rewrites.drawing import Drawing
from dag_factory.rewrites.effects import COMPUTING, FILTERING, computed, has_exact_keys, stem
from dag_factory.rewrites.proposal import Proposal
from dag_factory.rewrites.wording import listed

Unique = tuple[frozenset[str], str]
"""Columns in which no two rows are equal, and the node that made it so."""


def useless_deduplications(drawing: Drawing, wanted: str | None = None) -> Iterator[Proposal]:
    """Each deduplication that finds nothing to remove."""
    unique = _unique(drawing)
    for node in drawing.looked_at(wanted):
        edge = drawing.only_input(node.id) if drawing.is_a(node.id, "deduplicate") else None
        names = drawing.names(edge.source) if edge else None
        if edge is None or names is None:
            continue
        looked_at = frozenset(drawing.config(node.id)["columns"] or names)
        found = next((each for each in unique.get(edge.source, ()) if each[0] <= looked_at), None)
        if found is not None:
            keys, maker = found
            in_what = f"no two rows are equal in {listed(sorted(keys))}" if keys else "there is one row at most"
            reason = f"After {drawing.title(maker)} {in_what}: {drawing.title(node.id)} has nothing to remove."
            yield Proposal("remove-deduplicate", node.id, reason, (node.id,), drawing.without(node.id))


def _unique(drawing: Drawing) -> dict[str, tuple[Unique, ...]]:
    found: dict[str, tuple[Unique, ...]] = {}
    for node in drawing.graph.order:
        found[node.id] = tuple(_of(drawing, node.id, found))
    return found


def _of(drawing: Drawing, node_id: str, found: dict[str, tuple[Unique, ...]]) -> Iterator[Unique]:
    """What a node makes unique itself, and what stays so of its input."""
    kind, edges = stem(drawing, node_id), drawing.graph.inputs(node_id)
    if not kind or not edges:
        return
    made = _made_unique(drawing, node_id, kind)
    if made is not None and has_exact_keys(drawing.schemas, node_id, made):
        yield made, node_id
    first = drawing.at(node_id, "left") if kind == "join" else edges
    yield from _kept_unique(drawing, node_id, kind, found.get(first[0].source, ()) if first else ())


def _made_unique(drawing: Drawing, node_id: str, kind: str) -> frozenset[str] | None:
    config = drawing.config(node_id)
    if kind == "aggregate":
        return frozenset(config["group_by"])
    if kind == "deduplicate" or (kind == "union" and config["distinct"]):
        return frozenset(config.get("columns") or drawing.names(node_id) or ()) or None
    return None


def _kept_unique(drawing: Drawing, node_id: str, kind: str, before: tuple[Unique, ...]) -> Iterator[Unique]:
    config = drawing.config(node_id)
    if kind in FILTERING | {"sort", "deduplicate"} or (kind == "join" and config["join_type"] in {"semi", "anti"}):
        yield from before
    elif kind == "select-columns":
        yield from (each for each in before if each[0] <= set(config["columns"]))
    elif kind == "rename-columns":
        new = config["rename_mapping"]
        yield from ((frozenset(new.get(name, name) for name in keys), maker) for keys, maker in before)
    elif kind in COMPUTING:
        made = computed(drawing, node_id)
        if made is not None:
            yield from (each for each in before if not each[0] & _overwritten(drawing, node_id, made))


def _overwritten(drawing: Drawing, node_id: str, made: frozenset[str]) -> frozenset[str]:
    """What is no longer as it was behind a node that computes columns; one that is split is gone."""
    if stem(drawing, node_id) == "split-column":
        return made | {drawing.config(node_id)["column"]}
    return made
