"""The processes of the stack, and the configuration that lets supervisord keep them alive."""

import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from stack.airflow_settings import airflow_environment
from stack.credentials import Credentials
from stack.postgres import Cluster
from stack.settings import REPOSITORY, StackSettings
from stack.supervisor import SupervisorError

POSTGRES, API, SPARK = "postgres", "api", "spark"
OF_CONNECTIONS = ("AIRFLOW_CONN_", "AIRFLOW__SECRETS__")
HANDED_ON = (*OF_CONNECTIONS, "OTEL_", "LOGIDATA_ASSIST_")

OF_THE_SERVICE = (
    *("LOGIDATA_SERVICE_TOKEN", "LOGIDATA_JWT_SECRET", "LOGIDATA_METRICS_TOKEN", "LOGIDATA_DATABASE_URL"),
    *("LOGIDATA_ADMIN_PASSWORD", "LOGIDATA_OIDC_CLIENT_SECRET", "LOGIDATA_ASSIST_API_KEY", "LOGIDATA_AIRFLOW_PASSWORD"),
)
"""What no task may read."""


@dataclass(frozen=True)
class Program:
    """One process that the supervisor keeps, in the order in which they start."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"
    stop_seconds: int = 20


def service_environment(settings: StackSettings, credentials: Credentials, cluster: Cluster) -> dict[str, str]:
    """What the service reads; the only place that has its token and its database password.

    Its column checker reads connections as Airflow's own services do, so it needs Airflow's database and key, and the
    connections that the environment holds.
    """
    airflow = airflow_environment(settings, credentials, cluster)
    checker = ("AIRFLOW_HOME", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CORE__FERNET_KEY")
    database = cluster.url("logidata", user="logidata", password=credentials.logidata_database_password)
    return {
        **settings.shared_environment,
        **{name: airflow[name] for name in checker},
        **{name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)},
        **({"PROMETHEUS_MULTIPROC_DIR": str(settings.metrics)} if settings.api_workers > 1 else {}),
        "LOGIDATA_API_HOST": settings.api_host,
        "LOGIDATA_API_PORT": str(settings.api_port),
        "LOGIDATA_DATABASE_URL": database,
        "LOGIDATA_LOG_CACHE_FOLDER": str(settings.root / "cache" / "logs"),
        "LOGIDATA_SERVICE_TOKEN": credentials.service_token,
        "LOGIDATA_JWT_SECRET": credentials.jwt_secret,
        "LOGIDATA_ADMIN_EMAIL": credentials.admin_email,
        "LOGIDATA_ADMIN_PASSWORD": credentials.admin_password,
        "LOGIDATA_AIRFLOW_URL": settings.airflow_url,
        "LOGIDATA_AIRFLOW_USERNAME": credentials.airflow_username,
        "LOGIDATA_AIRFLOW_PASSWORD": credentials.airflow_password,
    }


def programs(settings: StackSettings, credentials: Credentials, cluster: Cluster) -> list[Program]:
    """PostgreSQL first, since everything needs it; the service last."""
    given = {name: value for name, value in os.environ.items() if name.startswith(("AIRFLOW_", "OTEL_"))}
    tasks = {**airflow_environment(settings, credentials, cluster), **settings.shared_environment, **given}
    tasks |= dict.fromkeys(OF_THE_SERVICE, "")  # they would inherit it from whoever started the stack
    if settings.traces:  # by HTTP, as the service sends them: Airflow's own default is gRPC
        tasks = {"OTEL_SERVICE_NAME": "airflow", "OTEL_TRACES_EXPORTER": "otlp_proto_http"} | tasks
    airflow = [sys.executable, "-m", "stack.airflow_command"]
    token = spark_token(settings, credentials)
    uvicorn = [sys.executable, "-m", "uvicorn", "api.main:app", "--host", settings.api_host]
    return [
        # Without our environment: another process of the account it runs as could read it.
        Program(POSTGRES, ["env", "-i", "LC_ALL=C", *cluster.command()], stop_signal="INT", stop_seconds=60),
        Program("airflow-api", [*airflow, "api-server"], tasks),
        # Stopped by TERM it lets the tasks that run come to their end, as long as stop_seconds allows.
        # Logs are on this disk, where the API server reads them: nobody needs the log servers' ports.
        # Tasks run in it: of all of Airflow's processes only these get the token of Spark.
        Program("scheduler", [*airflow, "scheduler", "--skip-serve-logs"], tasks | token, stop_seconds=30),
        Program("dag-processor", [*airflow, "dag-processor"], tasks),
        # Nothing of it needs an end: it takes 11 s to stop by itself, since it waits for its child to hear.
        Program("triggerer", [*airflow, "triggerer", "--skip-serve-logs"], tasks, stop_seconds=3),
        Program(
            API,
            [
                *uvicorn,
                *("--port", str(settings.api_port)),
                *("--workers", str(settings.api_workers)),
                *("--timeout-graceful-shutdown", "5"),
                "--no-access-log",  # the service logs its requests itself
                "--no-server-header",
            ],
            service_environment(settings, credentials, cluster),
        ),
        *([spark_program(settings, token)] if settings.spark else []),
    ]


def spark_token(settings: StackSettings, credentials: Credentials) -> dict[str, str]:
    """What tasks show to Spark: the stack's own server's token, or that of the server which the settings name."""
    value = credentials.spark_token if settings.spark else settings.spark_token.get_secret_value()
    return {"LOGIDATA_SPARK_TOKEN": value} if value else {}


def spark_program(settings: StackSettings, token: dict[str, str]) -> Program:
    """Spark Connect on this machine, bound to it alone."""
    environment = {
        "LOGIDATA_HOME": str(settings.root),
        "LOGIDATA_SPARK_PORT": str(settings.spark_port),
        "LOGIDATA_SPARK_MEMORY": settings.spark_memory,
        "LOGIDATA_SPARK_CORES": str(settings.spark_cores),
    }
    # Nothing of it needs an end: what it computes for tasks that live is computed again.
    return Program(SPARK, [sys.executable, "-m", "stack.spark"], environment | token, stop_seconds=10)


def supervisor_configuration(settings: StackSettings, kept: list[Program], socket: Path) -> str:
    """The text of supervisord.conf; it holds secrets, so its reader must be us alone."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    sections = [
        f"[unix_http_server]\nfile={_plain(str(socket))}\nchmod=0700\n",
        (
            "[supervisord]\n"
            f"logfile={_plain(str(settings.logs / 'supervisor.log'))}\n"
            f"pidfile={_plain(str(settings.run / 'supervisor.pid'))}\n"
            f"directory={_plain(str(settings.root))}\n"
            f"identifier=logidata\nlogfile_backups=2\nnocleanup=true\n{user}"
        ),
        "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
    ]
    for priority, program in enumerate(kept):
        launch = [sys.executable, "-m", "stack.launch", str(settings.root), *program.command]
        sections.append(
            f"[program:{program.name}]\n"
            f"command={_plain(shlex.join(launch))}\n"
            f"environment={_environment(program.environment)}\n"
            f"priority={priority}\n"
            # `up` starts them: the databases must exist before those that use them.
            f"autostart={'true' if program.name == POSTGRES else 'false'}\n"
            # Whatever ends is started again; what ends within startsecs is given a second more before each next try.
            "autorestart=true\n"
            f"startsecs={1 if program.name == POSTGRES else 8}\n"
            "startretries=1000\n"
            f"stopsignal={program.stop_signal}\nstopwaitsecs={program.stop_seconds}\nkillasgroup=true\n"
            f"stdout_logfile={_plain(str(settings.logs / program.name))}.log\n"
            "redirect_stderr=true\nstdout_logfile_maxbytes=20MB\nstdout_logfile_backups=2\n"
        )
    return "\n".join(sections)


def _plain(value: str) -> str:
    """Supervisor expands %(…)s everywhere."""
    return value.replace("%", "%%")


def _environment(variables: dict[str, str]) -> str:
    # PYTHONPATH: the service and the compiler are found even when this checkout is not the installed one.
    everything = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(REPOSITORY), **variables}
    return ",".join(f"{name}={_quoted(name, value)}" for name, value in everything.items())


def _quoted(name: str, value: str) -> str:
    quote = "'" if '"' in value else '"'
    if quote in value or "\n" in value:
        raise SupervisorError(f"{name}: supervisord takes no value with both kinds of quotes or a line break")
    return f"{quote}{_plain(value)}{quote}"
