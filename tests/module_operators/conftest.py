"""A real engine, staging and file store in a temporary folder, and a builder of relations from rows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from module_operators.base import Transformer
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.relation import ROW_ID, Column, Inputs, Plan, Query, Step
from module_operators.run import Run
from module_operators.staging import Staging


@pytest.fixture
def make_run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """`make_run("n2", params={…})`: what a node sees of its run; `connections` by id for modules that need one."""
    engines: list[DuckDBEngine] = []

    def make(
        node_id: str = "n1",
        *,
        params: dict[str, Any] | None = None,
        connections: dict[str, Any] | None = None,
        memory: str = "512MB",
        try_number: int = 1,
        run_id: str = "manual__1",
    ) -> Run:
        files, staging_root, scratch = tmp_path / "files", tmp_path / "staging", tmp_path / "staging" / ".scratch"
        for folder in (files, staging_root, scratch):
            folder.mkdir(exist_ok=True, parents=True)
        engine = DuckDBEngine(Limits(memory, 2, str(scratch / "spill")), [staging_root, files])
        engines.append(engine)
        return Run(
            dag_id="pipeline_test",
            run_id=run_id,
            task_id=node_id,
            node_id=node_id,
            label=node_id.title(),
            params=params or {},
            staging=Staging(str(staging_root), "pipeline_test", run_id, node_id, try_number),
            files=FileStore(str(files), scratch),
            engine=engine,
            log=logging.getLogger("task"),
            connection=lambda connection_id: (connections or {})[connection_id],
        )

    yield make
    for engine in engines:
        engine.__exit__()


def rows_plan(
    run: Run, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], node_id: str = "source"
) -> Plan:
    """A plan of literal rows with their logical types and a row number, as an extractor would yield it."""
    sql = run.engine.dialect
    names = [name for name, _ in columns]
    typed = ", ".join(
        f"CAST({sql.quote(name)} AS {sql.type_name(kind)}) AS {sql.quote(name)}" for name, kind in columns
    )
    aliases = ", ".join(sql.quote(name) for name in (*names, ROW_ID))
    values = ", ".join(
        f"({', '.join([*(sql.literal(value) for value in row), str(index)])})" for index, row in enumerate(rows)
    )
    body = f"(VALUES {values}) AS t({aliases})"
    if not rows:
        nulls = ", ".join(f"NULL AS {sql.quote(name)}" for name in (*names, ROW_ID))
        body = f"(SELECT {nulls} WHERE FALSE)"
    query = Query(
        f"SELECT {typed}, {sql.quote(ROW_ID)} FROM {body}",
        tuple(Column(name, kind) for name, kind in columns),
        (Column(ROW_ID, "bigint"),),
        (),
        ROW_ID,
    )
    return Plan((Step(node_id, node_id, node_id, query),))


def transformed(
    run: Run, module: type[Transformer], config: dict[str, Any], *plans: Plan, handles: Sequence[str] = ()
) -> Plan:
    """The plans extended by a transformer, exactly as its task does it."""
    by_handle: dict[str, list[Any]] = {}
    for index, plan in enumerate(plans):
        by_handle.setdefault(handles[index] if handles else "input", []).append(plan.result)
    query = module.transform(module.Config.model_validate(config), Inputs(by_handle), run.engine.dialect)
    return run.extended(plans, query)


def fetch(run: Run, plan: Plan) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    """The plan's columns as derived, and its rows in order; asserts that the engine's types are the derived ones."""
    sql = run.engine.compose(plan)
    described = run.engine.describe(sql)
    assert described == plan.result.columns
    return [(c.name, c.type) for c in plan.result.columns], run.engine.run(plan, sql)
