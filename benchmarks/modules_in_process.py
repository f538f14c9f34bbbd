"""The tasks of a small pipeline in one process: what their code costs without the time of Airflow between them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from module_operators.base import Extractor, Loader, Transformer
from module_operators.catalog import operator_of
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.relation import Inputs, Plan
from module_operators.run import Run
from module_operators.staging import PLAN_FILE, Staging

FOLDERS = {"extractor": "extractors", "transformer": "transformers", "loader": "loaders"}

SIX_STEPS: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("orders", "csv-extractor", {"file_path": "orders.csv"}, {}),
    ("customers", "csv-extractor", {"file_path": "customers.csv"}, {}),
    (
        "joined",
        "join-transformer",
        {"join_type": "inner", "left_on": ["customer_id"]},
        {"left": "orders", "right": "customers"},
    ),
    ("kept", "filter-transformer", {"condition": "amount > 20 AND status <> 'cancelled'"}, {"input": "joined"}),
    (
        "net",
        "add-column-transformer",
        {"column_name": "net", "expression": "amount * (1 - discount)"},
        {"input": "kept"},
    ),
    (
        "summary",
        "aggregate-transformer",
        {
            "group_by": ["region", "category"],
            "aggregations": [
                {"function": "count", "alias": "orders"},
                {"function": "sum", "column": "net", "alias": "net"},
                {"function": "mean", "column": "net", "alias": "mean_net"},
                {"function": "max", "column": "amount", "alias": "largest"},
            ],
        },
        {"input": "net"},
    ),
    ("sorted", "sort-transformer", {"sort_by": [{"column": "region"}, {"column": "category"}]}, {"input": "summary"}),
    ("loaded", "parquet-loader", {"file_path": "ours.parquet"}, {"input": "sorted"}),
]


def run_six_steps(folder: Path, memory_limit: str, references: dict[str, str]) -> None:
    """Runs the steps as their tasks do, each with an engine of its own, plans handed over through staging.

    Args:
        references: where the plans of steps that have run before lie: those steps are not run again.
    """
    for step in SIX_STEPS:
        if step[0] not in references:
            _run_node(folder, memory_limit, step, references)


def nothing_run(folder: Path) -> dict[str, str]:
    """No references, and no plans of an earlier round: each try of a task finds its folder empty."""
    for plan in folder.glob(f"staging/*/*/*/*/{PLAN_FILE}"):
        plan.unlink()
    return {}


def extractors_run(folder: Path, memory_limit: str) -> dict[str, str]:
    """References of extractors that have brought the rows of the CSV files to staging, and of nothing else."""
    references = nothing_run(folder)
    for step in SIX_STEPS:
        if not step[3]:
            _run_node(folder, memory_limit, step, references, landed=True)
    return references


def _run_node(
    folder: Path,
    memory_limit: str,
    node: tuple[str, str, dict[str, Any], dict[str, str]],
    references: dict[str, str],
    *,
    landed: bool = False,
) -> None:
    node_id, module_id, config, inputs = node
    stem, kind = module_id.rsplit("-", 1)
    operator = operator_of(FOLDERS[kind], stem.replace("-", "_"), kind)
    staging = Staging(str(folder / "staging"), "bench", "run", node_id, 1)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    files = FileStore(str(folder / "files"), scratch)
    with DuckDBEngine(Limits(memory_limit, 2, str(scratch / "spill")), [folder]) as engine:
        run = Run(
            "bench", "run", node_id, node_id, node_id, {}, staging, files, engine, logging.getLogger("bench"), _none
        )
        options = operator.Config.model_validate(config)
        plans = {handle: run.staging.load_plan(references[source]) for handle, source in inputs.items()}
        if issubclass(operator, Extractor) and landed:
            plan = Plan((run.step(run.landed()),), (), (staging.uri,))
        elif issubclass(operator, Extractor):
            extracted = operator.extract(options, run)
            plan = Plan((run.step(extracted.query),), extracted.files)
        elif issubclass(operator, Transformer):
            relations = Inputs({handle: [plan.result] for handle, plan in plans.items()})
            query = operator.transform(options, relations, engine.dialect)
            plan = run.extended(list(plans.values()), query)
        else:
            assert issubclass(operator, Loader)
            operator.load(options, plans["input"], run)
            return
        references[node_id] = run.staging.save_plan(plan)


def _none(connection_id: str) -> Any:
    raise LookupError(connection_id)
