"""One machine, no Docker: starts and keeps PostgreSQL, Airflow and the service."""
