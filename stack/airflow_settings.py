"""Airflow's configuration, as environment variables; every departure from its defaults says why."""

import json

from stack.credentials import Credentials
from stack.postgres import Cluster
from stack.settings import REPOSITORY, StackSettings

BUNDLE = "logidata"
HOUSEKEEPING = "housekeeping"
OWN_DAGS = (HOUSEKEEPING, "alerts")
"""Written by hand, and published beside the compiled ones."""
_DAY = 24 * 3600

# A task's log is the module's story. Airflow tells there too which bundle and file it loaded and each XCom in full, and
# asks a log server that does not run (--skip-serve-logs) about every task that does.
_QUIET = ",".join(
    (
        "task=WARNING",
        "task.stdout=INFO",
        "airflow.dag_processing.bundles.manager=WARNING",
        "airflow.dag_processing.dagbag=WARNING",
        "airflow.utils.log.file_task_handler=CRITICAL",
    )
)


def database_url(cluster: Cluster, credentials: Credentials) -> str:
    """Airflow's own database: it owns the table alembic_version there, so it shares with nobody."""
    return cluster.url("airflow", user="airflow", password=credentials.airflow_database_password)


def password_file(settings: StackSettings, credentials: Credentials) -> tuple[str, str]:
    """Path and content of the file from which Airflow's simple auth manager knows its one user."""
    content = json.dumps({credentials.airflow_username: credentials.airflow_password})
    return str(settings.root / "airflow" / "passwords.json"), content


def airflow_environment(settings: StackSettings, credentials: Credentials, cluster: Cluster) -> dict[str, str]:
    """Every Airflow process gets all of it; an AIRFLOW__* variable of the caller wins over one of these."""
    home = settings.root / "airflow"
    bundle = {
        "name": BUNDLE,
        "classpath": "logidata_bundle.LogiDataBundle",  # found in the plugins folder, which Airflow puts on sys.path
        "kwargs": {
            "root": str(settings.dags_folder.absolute()),
            "view_url_template": settings.shared_environment["LOGIDATA_BUILDER_URL"] + "/pipelines?revision={version}",
        },
    }
    sections: dict[str, dict[str, str | int | float]] = {
        "core": {
            "executor": "logidata_executor.LogiDataExecutor",  # a LocalExecutor that does not hang
            "parallelism": settings.parallelism,  # the default 32 ends in 46 processes
            "max_active_tasks_per_dag": settings.parallelism,  # nothing else shares the machine
            "default_task_execution_timeout": settings.task_timeout,
            "load_examples": "False",
            "dags_folder": str(home / "dags"),  # stays empty: the bundle below is the only source
            "plugins_folder": str(REPOSITORY / "airflow_plugins"),
            "fernet_key": credentials.airflow_fernet_key,
            "simple_auth_manager_users": f"{credentials.airflow_username}:admin",
            "simple_auth_manager_passwords_file": password_file(settings, credentials)[0],
            "execution_api_server_url": f"{settings.airflow_url}/execution/",
            "min_serialized_dag_update_interval": 0,  # 30 drops a second save within 30 s and runs the old graph
            "test_connection": "Enabled",  # the builder's "test" button; only the one admin can reach it
        },
        "database": {"sql_alchemy_conn": database_url(cluster, credentials)},
        "api": {
            "host": "127.0.0.1",
            "port": settings.airflow_port,
            "base_url": settings.airflow_url,
            "workers": 1,  # asynchronous; a second one costs 300 MB
            "secret_key": credentials.airflow_api_secret_key,
            "instance_name": "LogiData",
        },
        "api_auth": {"jwt_secret": credentials.airflow_jwt_secret},
        "scheduler": {
            "scheduler_idle_sleep_time": 0.01,  # our executor has it wait, and wakes it up
            # A killed scheduler is taken for dead, and its tasks are run again, within 30 s instead of 5 minutes.
            "scheduler_health_check_threshold": 15,
            "orphaned_tasks_check_interval": 10,
            # A task whose process was killed is noticed within a minute instead of five.
            "task_instance_heartbeat_timeout": 45,
        },
        # After 5 a worker often notices the end of a task, and any task that it was cancelled: 2 frees both earlier.
        # Airflow's API is away for the 8 s of its restart, and answers slowly at first: a task asks again and again.
        # By default it tries five times, at random within 4 to 15 s, and fails, even with its rows loaded.
        "workers": {
            "min_heartbeat_interval": 2,
            "execution_api_retries": 30,
            "execution_api_retry_wait_max": 3,
            "execution_api_timeout": 20,
        },
        "dag_processor": {
            "dag_bundle_config_list": json.dumps([bundle]).replace("'", "\\u0027"),  # one kind of quotes only
            "dag_bundle_storage_path": str(home / "bundles"),  # the default is /tmp, shared with everybody
            # Saves are announced over the REST API; this is the net below it.
            "refresh_interval": 60,
            "dag_version_inflation_check_level": "off",  # 2 ms a file; a test sees that ours stay the same
            "min_file_process_interval": _DAY,  # a changed mtime is noticed anyway; 1,000 files cost 85 s
            "print_stats_interval": 0,
            "parsing_processes": 2,
            # Versions are hard links and cheap; a pipeline's long run must find its own again after a retry.
            "stale_bundle_cleanup_age_threshold": 7 * _DAY,
        },
        "traces": {"otel_on": str(settings.traces)},
        "logging": {
            "base_log_folder": str(settings.logs / "tasks"),
            "dag_processor_child_process_log_directory": str(settings.logs / "parsing"),
            "colored_console_log": "False",
            "namespace_levels": _QUIET,
        },
    }
    rendered = {
        f"AIRFLOW__{section.upper()}__{name.upper()}": str(value)
        for section, options in sections.items()
        for name, value in options.items()
    }
    return {"AIRFLOW_HOME": str(home), **rendered}
