"""Turns a pipeline graph into an Airflow DAG file: graph, validate, compile, publish."""
