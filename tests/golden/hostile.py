# Compiled by LogiData from a pipeline that was drawn in the builder. Edit it there: the next save replaces this file.
from datetime import timedelta

from airflow.sdk import DAG

from tests.dag_factory.sample_modules.extractors.csv import CsvExtractor
from tests.dag_factory.sample_modules.loaders.csv import CsvLoader
from tests.dag_factory.sample_modules.transformers.filter import FilterTransformer

with DAG(
    dag_id="pipeline_0f5d2a543b1e4c399d2f8a1e5c7b9d10",
    dag_display_name="readme.md",
    description="')\nimport os  # {{ x }} <script>alert(1)</script>\n# heading\n1. list\u2028www.example.com in a.md",
    doc_md=(
        "')\n"
        "import os  # {{ x }} \\<script\\>alert(1)\\</script\\>\n"
        "\\# heading\n"
        "1\\. list\n"
        "www\\.example.com in a.md\n"
        "\n"
        "[Open in the builder](http://127.0.0.1:8000/pipelines/0f5d2a54-3b1e-4c39-9d2f-8a1e5c7b9d10) · Version 3\n"
        "\n"
        "| | Step | Module |\n"
        "|--:|---|---|\n"
        "| 1 | \"\"\" + \\_\\_import\\_\\_('os').system('id') + ''' | CSV file |\n"
        "| 2 | class | Filter Rows |\n"
        "| 3 | \u202etxt.exe\u2066 \ufeff | Filter Rows |\n"
        "| 4 | 2024 \\| \\`totals\\` # Not a heading | CSV file |\n"
    ),
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    tags=['"quoted"', "tag.sql", "{{ tag }}"],
    params={"deep": {"__type": "dict", "__var": [1.5, -0.0, True]}, "none": None, "query.sql": "{{ ds }}"},
    default_args={
        "retries": 0,
        "retry_delay": timedelta(seconds=60),
    },
):
    import_os_system_id = CsvExtractor(
        task_id="node_5ec1f7e700f37c3d",
        task_display_name="\"\"\" + __import__('os').system('id') + '''",
        node_id="..",
        config={"file_path": "{{ 7 * 7 }}.sql"},
    )
    class_2 = FilterTransformer(
        task_id="node_c8687a08aa5d6ed2",
        task_display_name="class",
        node_id="a b",
        inputs={"input": [import_os_system_id.output]},
        config={"condition": 'it\'s "{% raw %}"\n-- \\N{BULLET} \x1b[31m'},
    )
    txt_exe = FilterTransformer(
        task_id="node_82b5c347493f76b1",
        task_display_name="\u202etxt.exe\u2066 \ufeff",
        node_id="né",
        inputs={"input": [class_2.output]},
        config={"condition": "名前 = 'ü😀'"},
    )
    node_2024_totals_not_a_heading = CsvLoader(
        task_id="node_84a0678c90937f5d",
        task_display_name="2024 | `totals` \r\n# Not a heading",
        node_id="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        inputs={"input": [txt_exe.output]},
        config={"file_path": "print.md"},
    )
