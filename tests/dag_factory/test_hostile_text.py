"""Whatever a person types comes out of a compiled file, and of Airflow, as it went in."""

import ast
import json
import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dag_factory.catalog import Catalog
from dag_factory.compile import task_ids
from dag_factory.graph import PipelineGraph
from dag_factory.literals import argument, literal
from dag_factory.validate import validate
from tests.dag_factory.conftest import ReadDag
from tests.dag_factory.pipelines import compiled, edge, linear, node, parsed, pipeline
from tests.properties import examples

patient = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None
)
FRAGMENTS = [
    *[
        "'",
        '"',
        '"""',
        "'''",
        "\\",
        "\\n",
        "\\'",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "#",
        "{{ 7*7 }}",
        "{% raw %}",
        "{%",
        "{#",
        "}}",
    ],
    *[
        "\u2028",
        "\x85",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\x1b[31m",
        "\x7f",
        "\xa0",
        "\u0301",
        "é",
        "名前",
        "😀",
        "\U000e0041",
    ],
    *[
        "query.sql",
        "README.md",
        ".sh",
        "__import__('os')",
        ")\nimport os\n(",
        "\\N{BULLET}",
        "\\u0041",
        "%s",
        "${x}",
        "$$",
        ":x",
    ],
    *["None", "class", "dag", "a" * 130, "| cell |", "[a](b)", "<b>", "f'{x}'", 'rb"', " ", "/", "~1"],
]
texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=6).map("".join)
any_text = (
    texts | st.text(st.characters(), max_size=30) | st.lists(st.sampled_from(["\x00", "\ud800", "x"])).map("".join)
)
storable = texts.map(lambda text: text.replace("\x00", "\\0"))
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)


def json_data(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.recursive(
        scalars | text,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(text, inner, max_size=5),
        max_leaves=12,
    )


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """A pipeline without cycles whose nodes are of the module that their number of inputs asks for."""
    ids = draw(st.lists(storable.filter(bool), min_size=1, max_size=6, unique=True))
    place = st.floats(-1e6, 1e6)
    edges: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    for index, node_id in enumerate(ids):
        sources = draw(st.lists(st.sampled_from(ids[:index]), max_size=3, unique=True)) if index else []
        module = ["csv-extractor", "filter-transformer", "union-transformer"][min(len(sources), 2)]
        config = draw(st.dictionaries(storable, json_data(storable), max_size=4))
        nodes.append(node(node_id, module, draw(storable), draw(place), draw(place)))
        nodes[-1]["data"]["config"] = config
        edges += [edge(source, node_id) for source in sources]
    return pipeline(
        draw(st.permutations(nodes)),
        draw(st.permutations(edges)),
        name=draw(storable),
        description=draw(storable),
        tags=draw(st.lists(storable.map(lambda tag: tag[:100]), max_size=4)),
        default_params=draw(st.dictionaries(storable, json_data(storable), max_size=4)),
        is_scheduled=draw(st.booleans()),
        schedule=draw(st.sampled_from([None, "0 6 * * *", "@daily", "@once"])),
        materialize=draw(st.sampled_from(["auto", "every_step"])),
    )


def same(left: Any, right: Any) -> bool:
    """Equal as JSON, so that true is not 1 and 1.0 is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@given(json_data(any_text))
def test_a_literal_is_the_value_and_nothing_else(value: Any) -> None:
    written = literal(value)
    assert same(ast.literal_eval(written), value)
    assert written.isprintable()
    spread = argument(value, "config", 4)
    assert same(ast.literal_eval(ast.parse(f"f({spread})").body[0].value.keywords[0].value), value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, b"x", object(), {1: 2}, {"a": {3}}, [math.nan]])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON"):
        literal(value)


@settings(patient, max_examples=examples(150))
@given(document=graphs())
@example(document=linear(name="a" * 100_000, description="{{ x }}'\"\\" * 12_500))
@example(document=pipeline([node("n1", "csv-extractor", "b" * 100_000, file_path='"\n' * 50_000)], []))
def test_airflow_reads_back_every_hostile_pipeline(
    document: dict[str, Any], catalog: Catalog, read_dag: ReadDag
) -> None:
    graph = parsed(document)
    source = compiled(document, catalog)
    dag = read_dag(source)
    assert dag["errors"] == []
    assert dag["display_name"] == (graph.name.strip() or dag["dag_id"])
    assert (dag["description"] or "") == graph.description
    assert dag["tags"] == sorted(set(graph.tags))
    assert same(dag["params"], graph.default_params)
    if not any(problem.code == "bad-parameter" for problem in validate(graph, catalog)):
        assert same(dag["served_params"], graph.default_params)
    ids = task_ids(graph)
    assert dag["order"] == [ids[each.id] for each in graph.order]
    for each in graph.nodes:
        task = dag["tasks"][ids[each.id]]
        assert task["node_id"] == each.id
        assert task["display_name"] == task["served_display_name"] == each.title
        assert same(task["config"], each.data.config)
        sources = [ids[arriving.source] for arriving in graph.inputs(each.id)]
        assert task["inputs"] == ({"input": sources} if sources else {})
        assert task["served_upstream"] == sorted(sources)


@settings(patient, max_examples=examples(150))
@given(document=graphs())
def test_the_formatter_leaves_every_hostile_file_alone(document: dict[str, Any], catalog: Catalog) -> None:
    source = compiled(document, catalog)
    assert "\r" not in source
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "120", "-"]
    formatted = subprocess.run(command, input=source.encode(), capture_output=True, check=True)
    assert formatted.stdout.decode() == source


@settings(patient, max_examples=examples(100))
@given(document=graphs(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_nodes_changes_nothing(document: dict[str, Any], shuffled: Any, catalog: Catalog) -> None:
    nodes = list(document["config"]["nodes"])
    shuffled.shuffle(nodes)
    assert compiled({**document, "config": {**document["config"], "nodes": nodes}}, catalog) == compiled(
        document, catalog
    )


@st.composite
def scribbles(draw: st.DrawFn) -> dict[str, Any]:
    """Anything that can be drawn, sense or not: unknown modules, loops, doubled ids, edges to nowhere."""
    ids = st.sampled_from(["a", "b", "c", "d", "x\ny", "é"])
    modules = st.sampled_from(
        ["csv-extractor", "filter-transformer", "join-transformer", "union-transformer", "csv-loader", "zz"]
    )
    handles = st.sampled_from([None, "input", "left", "right", "output", ""])
    option = (
        st.sampled_from(["file_path", "condition", "rules", "join_type", "left_on", "limit", "connection_id"])
        | storable
    )
    nodes = [
        {"id": draw(ids), "data": {"moduleId": draw(modules), "label": draw(storable), "config": config}}
        for config in draw(st.lists(st.dictionaries(option, json_data(storable), max_size=4), max_size=6))
    ]
    edges = [
        {
            "id": draw(ids),
            "source": draw(ids),
            "target": draw(ids),
            "sourceHandle": draw(handles),
            "targetHandle": draw(handles),
        }
        for _ in range(draw(st.integers(0, 8)))
    ]
    return pipeline(
        nodes,
        edges,
        name=draw(storable),
        schedule=draw(storable),
        timezone=draw(storable),
        tags=draw(st.lists(storable, max_size=3)),
        retries=draw(st.integers(-(2**63), 2**63 - 1)),
        is_scheduled=draw(st.booleans()),
    )


@settings(patient, max_examples=examples(300))
@given(document=scribbles(), connections=st.none() | st.dictionaries(storable, storable, max_size=3))
def test_validation_survives_every_scribble(document: dict[str, Any], connections: Any, catalog: Catalog) -> None:
    graph = PipelineGraph.model_validate(document)
    problems = validate(graph, catalog, connections=connections)
    assert problems == validate(graph, catalog, connections=connections)
    assert all(problem.message.isprintable() for problem in problems)
    if not any(problem.severity == "error" for problem in problems):
        ast.parse(compiled(document, catalog))
