"""Every module of the real catalogue, compiled and read by Airflow with its own operator class."""

from typing import Any

import pytest

from dag_factory.catalog import Catalog, ModuleSpec, load_catalog
from tests.dag_factory.conftest import ReadDag
from tests.dag_factory.pipelines import compiled, edge, node, pipeline

MODULES = load_catalog()


def surrounded(module: ModuleSpec, catalog: Catalog) -> tuple[dict[str, Any], dict[str, Any]]:
    """The module with as many extractors before it as it needs."""
    source = next((each.id for each in catalog if each.type == "extractor"), None)
    middle = node("it", module.id, module.display_name, 100, **module.default_config)
    nodes, edges = [middle], []
    for handle in module.inputs if source else ():
        for number in range(handle.min):
            name = f"{handle.handle}{number}"
            nodes.append(node(name, str(source), name))
            edges.append(edge(name, "it", handle.handle))
    return pipeline(nodes, edges), middle


@pytest.mark.parametrize("module", MODULES, ids=[each.id for each in MODULES])
def test_airflow_loads_the_operator(module: ModuleSpec, read_dag: ReadDag) -> None:
    document, middle = surrounded(module, MODULES)
    dag = read_dag(compiled(document, MODULES))
    assert dag["errors"] == []
    task = dag["tasks"]["it"]
    assert task["class"] == module.python_class
    assert task["node_id"] == "it"
    assert task["config"] == middle["data"]["config"]
    assert sorted(task["inputs"]) == sorted({each["targetHandle"] for each in document["config"]["edges"]})
