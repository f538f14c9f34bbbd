"""What a graph accepts, and what it refuses with the place of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from dag_factory.graph import PipelineGraph
from dag_factory.problems import Problem, problems_of
from tests.dag_factory.pipelines import edge, linear, node, parsed, pipeline


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def refused(document: dict[str, Any]) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        parsed(document)
    return problems_of(caught.value)


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        (linear(name="a\x00b"), "graph-unstorable-character", "/name"),
        (linear(default_params={"a/b": ["\ud800"]}), "graph-unstorable-character", "/default_params/a~1b/0"),
        (linear(default_params={"a": nested(100_000)}), "graph-too-deep", "/default_params/a" + "/0" * 38),
        (linear(default_params={"a": float("nan")}), "graph-not-finite", "/default_params/a"),
        (linear(default_params={"a": 2**63}), "graph-number-too-large", "/default_params/a"),
        (linear(default_params={"a": "x" * 200_001}), "graph-text-too-long", "/default_params/a"),
        (linear(default_params={"a": [0] * 200_001}), "graph-too-many-values", "/default_params/a/133"),
        (linear(default_params={"a": [b"x"]}), "graph-not-json", "/default_params/a/0"),
        (linear(retries="3"), "graph-int-type", "/retries"),
        (linear(shedule="x"), "graph-extra-forbidden", "/shedule"),
        (pipeline([node("", "csv-extractor")], []), "graph-string-too-short", "/config/nodes/0/id"),
        ({"config": {}}, "graph-missing", "/name"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(document: dict[str, Any], code: str, path: str) -> None:
    (problem,) = refused(document)
    assert problem.code == code
    assert problem.path == path or code == "graph-too-many-values"


def test_what_react_flow_adds_is_kept() -> None:
    document = linear()
    document["config"]["viewport"] = {"x": 1, "zoom": 2}
    document["config"]["nodes"][0] |= {"width": 180, "selected": True}
    document["config"]["nodes"][0]["data"]["note"] = "mine"
    document["config"]["edges"][0]["animated"] = True
    kept = parsed(document).model_dump(mode="json")
    assert kept["config"] == document["config"]
    assert PipelineGraph.model_validate(kept) == parsed(document)


def test_neighbours_and_order() -> None:
    nodes = [node("z", "m", x=5), node("b", "m", x=0, y=9), node("a", "m", x=0, y=1), node("c", "m", x=-1)]
    graph = parsed(pipeline(nodes, [edge("z", "c"), edge("b", "z"), edge("a", "z"), edge("a", "c")]))
    assert [each.id for each in graph.order] == ["a", "b", "z", "c"]
    assert [each.source for each in graph.inputs("z")] == ["b", "a"]
    assert [each.target for each in graph.consumers("a")] == ["z", "c"]


def test_a_cycle_leaves_its_nodes_last() -> None:
    graph = parsed(pipeline([node(each, "m") for each in "dcba"], [edge("a", "b"), edge("b", "a"), edge("b", "c")]))
    assert [each.id for each in graph.order] == ["d", "a", "b", "c"]


def test_what_reaches_a_node() -> None:
    edges = [edge("a", "b"), edge("b", "a"), edge("b", "c"), edge("gone", "c"), edge("c", "d")]
    graph = parsed(pipeline([node(each, "m") for each in "abcde"], edges))
    assert graph.upstream("c") == {"a", "b", "c"}
    assert graph.upstream("c", "e", "gone") == {"a", "b", "c", "e"}
