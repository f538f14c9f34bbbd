"""What changed between two graphs: everything that matters, and nothing that does not."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dag_factory.diff import GraphDiff, diff, same
from dag_factory.graph import PipelineGraph

# Few names and small values: two graphs that are drawn apart must often have the same place filled.
KEY = st.sampled_from(["a", "b/~"])
SCALAR = st.sampled_from([None, False, True, 0, 1, "a"])
ROW = st.dictionaries(KEY, SCALAR, max_size=2)
VALUE = SCALAR | ROW | st.lists(ROW, max_size=2) | st.lists(SCALAR | st.lists(ROW, max_size=2), max_size=2)
TABLE = st.dictionaries(KEY, VALUE, max_size=2)
IDS = ["n1", "n2", "n3"]


@st.composite
def graphs(draw: st.DrawFn) -> PipelineGraph:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    nodes = [
        {
            "id": node_id,
            "position": {"x": draw(st.integers(0, 9)), "y": 0},
            "data": {
                "moduleId": draw(st.sampled_from(["csv-extractor", "union-transformer"])),
                "label": "",
                "config": draw(TABLE),
            }
            | ({"retries": draw(st.integers(0, 3))} if draw(st.booleans()) else {}),
        }
        for node_id in ids
    ]
    ends = draw(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), unique=True, max_size=5))
    edges = [{"id": f"e{number}", "source": source, "target": target} for number, (source, target) in enumerate(ends)]
    return PipelineGraph.model_validate(
        {
            "name": "P",
            "schedule": draw(st.none() | st.just("@daily")),
            "default_params": draw(TABLE),
            "config": {"nodes": nodes, "edges": edges},
        }
    )


def applied(changes: GraphDiff, graph: PipelineGraph) -> Any:
    """The changes made to what a graph means, by the diff's own words only."""
    meaning = meant(graph)
    for node in changes.nodes:
        if node.change == "removed":
            del meaning["nodes"][node.node_id]
            continue
        target = meaning["nodes"].setdefault(node.node_id, {})
        for value in node.values:
            if not value.path.startswith("/inputs"):
                _set(target, value)
    for edge in changes.edges:
        ends = (edge.source, edge.target)
        meaning["edges"].append(ends) if edge.change == "added" else meaning["edges"].remove(ends)
    for value in changes.settings:
        _set(meaning["settings"], value)
    meaning["edges"].sort()
    return meaning


def _set(target: Any, change: Any) -> None:
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in change.path.split("/")[1:]]
    for part in way:
        target = target[int(part)] if isinstance(target, list) else target[part]
    if change.change == "removed":
        del target[last]
    elif isinstance(target, list):
        target[int(last)] = change.after
    else:
        target[last] = change.after


def meant(graph: PipelineGraph) -> Any:
    return copy.deepcopy(
        {
            "nodes": {
                node.id: {"moduleId": node.data.module_id, "label": node.data.label, "config": node.data.config}
                | node.data.overrides
                for node in graph.nodes
            },
            "edges": sorted((edge.source, edge.target) for edge in graph.edges),
            "settings": graph.model_dump(mode="json", exclude={"config"}),
        }
    )


@given(graphs(), graphs())
def test_the_changes_lead_from_one_graph_to_the_other(before: PipelineGraph, after: PipelineGraph) -> None:
    assert same(applied(diff(before, after), before), meant(after))


@given(graphs(), graphs())
def test_the_way_back_is_the_mirror_image(before: PipelineGraph, after: PipelineGraph) -> None:
    there, back = diff(before, after), diff(after, before)

    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(each.node_id, mirrored[each.change]) for each in there.nodes} == {
        (e.node_id, e.change) for e in back.nodes
    }
    assert sorted((v.path, repr(v.after), repr(v.before)) for v in there.settings) == sorted(
        (v.path, repr(v.before), repr(v.after)) for v in back.settings
    )


@given(graphs(), st.randoms())
def test_moves_and_what_the_canvas_keeps_are_no_change(graph: PipelineGraph, chance: Any) -> None:
    drawn = graph.model_dump(mode="json", by_alias=True)
    for node in drawn["config"]["nodes"]:
        node["position"] = {"x": chance.randint(0, 99), "y": 3}
        node |= {"selected": True, "measured": {"width": 3}}
        node["data"]["collapsed"] = True
    for edge in drawn["config"]["edges"]:
        edge |= {"id": f"again-{edge['id']}", "sourceHandle": "output", "animated": True}
    drawn["config"]["viewport"] = {"zoom": 2}
    chance.shuffle(drawn["config"]["nodes"])

    moved = PipelineGraph.model_validate(drawn)

    assert diff(graph, moved).empty


def test_options_are_named_by_their_path_with_both_values() -> None:
    before = _union({"columns": ["a"], "rules": [{"column": "x", "rule": "min", "value": 1}], "strict": True})
    after = _union({"columns": ["a", "b"], "rules": [{"column": "x", "rule": "min", "value": 2}], "strict": 1})

    [node] = diff(before, after).nodes

    assert [(value.path, value.before, value.after) for value in node.values] == [
        ("/config/columns", ["a"], ["a", "b"]),
        ("/config/rules/0/value", 1, 2),
        ("/config/strict", True, 1),
    ]


def test_another_order_of_a_unions_inputs_is_a_change() -> None:
    before = _union({})
    after = before.model_copy(
        update={"config": before.config.model_copy(update={"edges": tuple(reversed(before.edges))})}
    )

    changes = diff(before, after)

    assert not changes.edges
    [node] = changes.nodes
    assert [(value.path, value.before, value.after) for value in node.values] == [
        ("/inputs/input", ["a", "b"], ["b", "a"])
    ]


def _union(config: dict[str, Any]) -> PipelineGraph:
    nodes = [{"id": node_id, "data": {"moduleId": "csv-extractor"}} for node_id in ("a", "b")]
    union = {"id": "u", "data": {"moduleId": "union-transformer", "config": config}}
    edges = [{"id": f"e{source}", "source": source, "target": "u"} for source in ("a", "b")]
    return PipelineGraph.model_validate({"name": "P", "config": {"nodes": [*nodes, union], "edges": edges}})
