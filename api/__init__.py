"""The HTTP service: stores pipelines, compiles them into DAG files and reports what Airflow made of them."""
