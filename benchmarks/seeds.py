"""An installation that many people have used for long, written straight into the database."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.chains import in_a_row

PIPELINES = 10_000
EXECUTIONS = 100_000

_PIPELINES = text("""
    insert into pipeline (id, name, description, type, status, revision, config, default_params, module_ids, schedule,
        is_scheduled, timezone, tags, engine, materialize, retries, retry_delay_seconds, max_active_runs,
        created_at, updated_at)
    select gen_random_uuid(), (array['Orders', 'Customers', 'Stock', 'Returns', 'Invoices'])[n % 5 + 1] || ' ' || n
            || ' of ' || (array['Berlin', 'Lyon', 'Porto'])[n % 3 + 1],
        'Brings what the shops tell each night into the warehouse, number ' || n, 'etl', 'draft', 1,
        cast(:config as jsonb), '{}', :module_ids, '0 4 * * *', false, 'UTC', array['team-' || n % 20], 'duckdb',
        'auto', 0, 60, 1, now() - n * interval '1 minute', now() - n * interval '1 minute'
    from generate_series(1, :number) n
""")
_VERSIONS = text("""
    insert into pipeline_version (id, pipeline_id, version, graph, problems, schemas, valid, created_at)
    select gen_random_uuid(), id, 1, config, '[]', '{}', true, created_at from pipeline
""")
_EXECUTIONS = text("""
    insert into pipeline_execution (id, pipeline_id, pipeline_version_id, airflow_dag_run_id, status, trigger_type,
        params, created_at, triggered_at, started_at, completed_at, alerted_at, duration_seconds, metrics)
    select gen_random_uuid(), v.pipeline_id, v.id, 'manual__' || gen_random_uuid(),
        (array['success', 'success', 'success', 'failed'])[n % 4 + 1],
        (array['manual', 'scheduled', 'webhook'])[n % 3 + 1], '{}', at, at, at, at + interval '9 seconds', at, 9,
        '{"rows_out": 1000}'
    from (select row_number() over () as place, id, pipeline_id from pipeline_version) v
        join generate_series(0, :number - 1) n on n % :pipelines = v.place - 1
        cross join lateral (select now() - n * interval '1 minute' as at) moment
""")


def seed(engine: Engine) -> list[str]:
    """Writes the pipelines, drafts so that nothing runs them, with their runs; answers with some of their ids."""
    graph = graph_of(10, "")
    with engine.begin() as connection:
        modules = [node["data"]["moduleId"] for node in graph["config"]["nodes"]]
        connection.execute(
            _PIPELINES, {"number": PIPELINES, "config": json.dumps(graph["config"]), "module_ids": modules}
        )
        connection.execute(_VERSIONS)
        connection.execute(_EXECUTIONS, {"number": EXECUTIONS, "pipelines": PIPELINES})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))
        return [str(key) for key in connection.scalars(text("select id from pipeline order by name limit 500"))]


def graph_of(nodes: int, description: str) -> dict[str, Any]:
    """A pipeline of so many nodes: a CSV file, transformations in a row, and a CSV file."""
    some: list[tuple[str, dict[str, Any]]] = [
        ("filter-transformer", {"condition": "amount > 10 and status <> 'cancelled'"}),
        ("add-column-transformer", {"column_name": "net", "expression": "round(amount * 0.8, 2)"}),
        ("sort-transformer", {"sort_by": [{"column": "id"}]}),
        ("cast-types-transformer", {"type_mapping": {"id": "bigint"}}),
    ]
    steps = [some[number % len(some)] for number in range(nodes - 2)]
    reads: tuple[str, dict[str, Any]] = ("csv-extractor", {"file_path": "rows.csv"})
    graph = in_a_row(f"{nodes} nodes", [reads, *steps, ("csv-loader", {"file_path": f"{nodes}.out.csv"})])
    return graph | {"description": description}
