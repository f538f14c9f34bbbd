# Compiled by LogiData from a pipeline that was drawn in the builder. Edit it there: the next save replaces this file.
from datetime import datetime, timedelta

from airflow.sdk import DAG, CronTriggerTimetable

from tests.dag_factory.sample_modules.extractors.csv import CsvExtractor
from tests.dag_factory.sample_modules.loaders.csv import CsvLoader
from tests.dag_factory.sample_modules.transformers.filter import FilterTransformer

with DAG(
    dag_id="pipeline_0f5d2a543b1e4c399d2f8a1e5c7b9d10",
    dag_display_name="Sales by region",
    doc_md=(
        "[Open in the builder](http://127.0.0.1:8000/pipelines/0f5d2a54-3b1e-4c39-9d2f-8a1e5c7b9d10) · Version 3\n"
        "\n"
        "| | Step | Module |\n"
        "|--:|---|---|\n"
        "| 1 | Orders | CSV file |\n"
        "| 2 | Paid 2 | Filter Rows |\n"
        "| 3 | Result | CSV file |\n"
    ),
    schedule=CronTriggerTimetable(
        "30 2 * * *",
        timezone="Europe/Amsterdam",
        run_immediately=timedelta(minutes=1),
    ),
    start_date=datetime.fromisoformat("2026-03-27T23:00:00+00:00"),
    catchup=True,
    is_paused_upon_creation=False,
    max_active_runs=3,
    dagrun_timeout=timedelta(seconds=7200),
    default_args={
        "retries": 5,
        "retry_delay": timedelta(seconds=60),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(seconds=900),
        "execution_timeout": timedelta(seconds=600),
    },
):
    orders = CsvExtractor(
        task_id="n1",
        task_display_name="Orders",
        node_id="n1",
        config={"file_path": "orders.csv"},
    )
    paid_2 = FilterTransformer(
        task_id="n2",
        task_display_name="Paid 2",
        node_id="n2",
        inputs={"input": [orders.output]},
        config={"condition": "amount > 2"},
        retries=0,
        retry_delay=timedelta(seconds=5),
        execution_timeout=timedelta(seconds=60),
    )
    result = CsvLoader(
        task_id="n3",
        task_display_name="Result",
        node_id="n3",
        inputs={"input": [paid_2.output]},
        config={"file_path": "out.csv"},
    )
