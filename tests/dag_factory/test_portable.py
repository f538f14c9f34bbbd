"""Pipelines as YAML: there and back, and what is hostile."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dag_factory.catalog import Catalog
from dag_factory.diff import diff
from dag_factory.graph import Node
from dag_factory.portable import dump, line_of, unfold
from dag_factory.portable_text import TextInvalid, read
from tests.dag_factory.pipelines import edge, linear, node, parsed, pipeline
from tests.properties import examples

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.sampled_from(
        [
            "no",
            "1",
            "2024-01-01",
            "~",
            "a: b",
            "# x",
            "select *\n  from t\n",
            "\n x",
            "a \nb",
            "a\n\x1bb",
            "'",
            "<<",
            "=",
            "0x1",
        ]
    ),
)
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), TEXT
)
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
CONFIG = st.dictionaries(TEXT, VALUE, max_size=3)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(TEXT.filter(bool), min_size=1, max_size=4))  # a draft may have one twice
    place = st.floats(-1e6, 1e6)
    nodes = [
        {
            **node(node_id, draw(st.sampled_from(["csv-extractor", "filter-transformer", "unknown"]))),
            "position": {"x": draw(place), "y": draw(place)},
        }
        for node_id in ids
    ]
    for each in nodes:
        each["data"] |= {"label": draw(TEXT), "config": draw(CONFIG)}
    ends = st.sampled_from([*ids, "nowhere"])
    edges = [edge(draw(ends), draw(ends), draw(st.none() | TEXT)) for _ in range(draw(st.integers(0, 4)))]
    settings_ = {"description": draw(TEXT), "default_params": draw(CONFIG), "tags": draw(st.lists(TEXT, max_size=2))}
    return pipeline(nodes, edges) | {"name": draw(TEXT)} | settings_


def _said(node: Node) -> str:
    """All that a node is, besides its place."""
    return json.dumps(node.model_dump(exclude={"position"}), sort_keys=True)


@settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=graphs())
def test_what_is_exported_and_imported_is_equal(catalog: Catalog, document: dict[str, Any]) -> None:
    graph = parsed(document)

    text = dump(graph, catalog)
    again = parsed(unfold(read(text)[0]))

    assert dump(again, catalog) == text
    assert again.model_copy(update={"config": graph.config}) == graph
    assert sorted(map(_said, again.nodes)) == sorted(map(_said, graph.nodes))
    by_id = {n.id: n.data.config for n in again.nodes}
    assert all(n.data.config == by_id[n.id] for n in graph.nodes if sum(o.id == n.id for o in graph.nodes) == 1)
    ends = [(e.source, e.target, e.target_handle) for e in again.edges]
    for target in {e.target for e in graph.edges}:
        assert [e for e in ends if e[1] == target] == [
            (e.source, e.target, e.target_handle) for e in graph.edges if e.target == target
        ]


def test_a_round_trip_changes_nothing_that_a_diff_would_tell(catalog: Catalog) -> None:
    graph = parsed(linear(5, schedule="0 6 * * *", tags=["sales"], start_date="2024-01-01"))

    changes = diff(graph, parsed(unfold(read(dump(graph, catalog))[0])))

    assert (*changes.nodes, *changes.edges, *changes.settings) == ()


def test_it_reads_as_a_person_would_write_it(catalog: Catalog) -> None:
    document = linear(3, schedule="0 6 * * *")
    document["config"]["nodes"].reverse()
    document["config"]["nodes"][1]["data"]["config"]["condition"] = "amount > 1\nand paid\n"
    document["config"]["nodes"][1]["position"]["x"] = 99.6

    assert (
        dump(parsed(document), catalog)
        == """\
logidata: 1
name: Sales by region
schedule: 0 6 * * *
nodes:
  - id: n1
    module: csv-extractor
    label: Orders
    config:
      file_path: orders.csv
  - id: n2
    module: filter-transformer
    label: Paid 2
    config:
      condition: |
        amount > 1
        and paid
    at: [100, 0]
  - id: n3
    module: csv-loader
    label: Result
    config:
      file_path: out.csv
    at: [300, 0]
edges:
  - {from: n1, to: n2}
  - {from: n2, to: n3}
"""
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x [1]\nb: *x", 1, "Anchors"),
        ("a: 1\nb: !!python/object/apply:os.system [x]", 2, "Tags"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: 1\nb: 2\na: 3", 3, "twice"),
        ("a: 1\n? [b]\n: c", 2, "key is text"),
        ("[" * 100_000, 1, "deeper than 40"),
        ("{" * 100_000, 1, "deeper than 40"),
        ("- a", 1, "mapping"),
        ("", 1, "mapping"),
        ("a: 1\nb: " + "9" * 5000, 2, "no value"),
        ("a:\n" + "- 1\n" * 70_000, None, "More than"),
        ("x" * 2_000_001, None, "At most"),
        ("a: \x00", None, "special characters"),
    ],
)
def test_hostile_text_is_refused_with_its_line(text: str, line: int | None, words: str) -> None:
    with pytest.raises(TextInvalid, match=words) as refused:
        read(text)

    assert line is None or refused.value.line == line


def test_dates_and_numbers_as_keys_stay_text() -> None:
    assert read("start_date: 2024-01-01\n1: {no: yes}")[0] == {"start_date": "2024-01-01", "1": {"no": "yes"}}


def test_a_place_in_the_graph_has_a_line() -> None:
    lines = read("name: x\nnodes:\n  - id: a\n    module: m\n    config:\n      b: 1")[1]

    assert line_of("/config/nodes/0/data/config/b", lines) == 6
    assert line_of("/config/nodes/0/data/moduleId", lines) == 3
    assert line_of("/name", lines) == 1
