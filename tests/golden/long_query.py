# Compiled by LogiData from a pipeline that was drawn in the builder. Edit it there: the next save replaces this file.
from datetime import timedelta

from airflow.sdk import DAG

from tests.dag_factory.sample_modules.extractors.csv import CsvExtractor

with DAG(
    dag_id="pipeline_0f5d2a543b1e4c399d2f8a1e5c7b9d10",
    dag_display_name="Sales by region",
    doc_md=(
        "[Open in the builder](http://127.0.0.1:8000/pipelines/0f5d2a54-3b1e-4c39-9d2f-8a1e5c7b9d10) · Version 3\n"
        "\n"
        "| | Step | Module |\n"
        "|--:|---|---|\n"
        "| 1 | Orders | CSV file |\n"
    ),
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    default_args={
        "retries": 0,
        "retry_delay": timedelta(seconds=60),
    },
):
    orders = CsvExtractor(
        task_id="n1",
        task_display_name="Orders",
        node_id="n1",
        config={
            "file_path": (
                "SELECT order_id, customer_id, amount\n"
                "FROM orders\n"
                "WHERE placed_at >= :last_run_date\n"
                "  AND status = 'paid'\n"
                "  AND \"region\" <> 'nowhere'\n"
                "ORDER BY placed_at"
            ),
        },
    )
