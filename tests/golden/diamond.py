# Compiled by LogiData from a pipeline that was drawn in the builder. Edit it there: the next save replaces this file.
from datetime import timedelta

from airflow.sdk import DAG

from tests.dag_factory.sample_modules.extractors.csv import CsvExtractor
from tests.dag_factory.sample_modules.loaders.csv import CsvLoader
from tests.dag_factory.sample_modules.loaders.postgres import PostgresLoader
from tests.dag_factory.sample_modules.transformers.filter import FilterTransformer
from tests.dag_factory.sample_modules.transformers.join import JoinTransformer
from tests.dag_factory.sample_modules.transformers.union import UnionTransformer

with DAG(
    dag_id="pipeline_0f5d2a543b1e4c399d2f8a1e5c7b9d10",
    dag_display_name="Sales by region",
    description="Orders of all years, with who placed them.\n\nAsk *Ann* before you change the filter.",
    doc_md=(
        "Orders of all years, with who placed them.\n"
        "\n"
        "Ask \\*Ann\\* before you change the filter.\n"
        "\n"
        "[Open in the builder](http://127.0.0.1:8000/pipelines/0f5d2a54-3b1e-4c39-9d2f-8a1e5c7b9d10) · Version 3\n"
        "\n"
        "| | Step | Module |\n"
        "|--:|---|---|\n"
        "| 1 | Orders | CSV file |\n"
        "| 2 | Old orders | CSV file |\n"
        "| 3 | Customers | CSV file |\n"
        "| 4 | Paid | Filter Rows |\n"
        "| 5 | Keep a copy | CSV file |\n"
        "| 6 | All orders | Union |\n"
        "| 7 | With customers | Join |\n"
        "| 8 | Into the warehouse | PostgreSQL |\n"
    ),
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    tags=["finance", "sales"],
    params={"codes": ["a", "b"], "min_amount": 10, "region": "north"},
    default_args={
        "retries": 2,
        "retry_delay": timedelta(seconds=30),
        "execution_timeout": timedelta(seconds=3600),
    },
):
    orders = CsvExtractor(
        task_id="orders",
        task_display_name="Orders",
        node_id="orders",
        config={"delimiter": ";", "file_path": "orders/*.csv"},
    )
    old_orders = CsvExtractor(
        task_id="old",
        task_display_name="Old orders",
        node_id="old",
        config={"file_path": "archive.csv"},
    )
    customers = CsvExtractor(
        task_id="customers",
        task_display_name="Customers",
        node_id="customers",
        config={"file_path": "customers.csv"},
    )
    paid = FilterTransformer(
        task_id="paid",
        task_display_name="Paid",
        node_id="paid",
        inputs={"input": [orders.output]},
        config={"condition": "status = 'paid' AND amount > 0"},
        materialize=True,
    )
    keep_a_copy = CsvLoader(
        task_id="keep",
        task_display_name="Keep a copy",
        node_id="keep",
        inputs={"input": [paid.output]},
        config={"file_path": "paid.csv"},
    )
    all_orders = UnionTransformer(
        task_id="all",
        task_display_name="All orders",
        node_id="all",
        inputs={"input": [old_orders.output, paid.output]},
        config={"match": "position"},
    )
    with_customers = JoinTransformer(
        task_id="joined",
        task_display_name="With customers",
        node_id="joined",
        inputs={"left": [all_orders.output], "right": [customers.output]},
        config={"join_type": "left", "left_on": ["customer_id"]},
    )
    into_the_warehouse = PostgresLoader(
        task_id="load",
        task_display_name="Into the warehouse",
        node_id="load",
        inputs={"input": [with_customers.output]},
        config={"connection_id": "warehouse", "table_name": "sales.daily"},
    )
