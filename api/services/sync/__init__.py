"""Keeps executions and Airflow in step."""

from api.services.sync.loop import run_sync

__all__ = ["run_sync"]
