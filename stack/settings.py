"""Where the stack lives and listens: `LOGIDATA_*` variables, each with a default that works on one machine."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[1]
Port = Annotated[int, Field(ge=1, le=65535)]

PORTS = ("postgres_port", "airflow_port", "api_port", "spark_port")
PORTS_FILE = "ports.json"

# A supervisor reads these as comments or variables inside its file, wherever they stand.
_UNSAFE_IN_PATHS = (" ;", " #", "\n", '"', "%")


class StackSettings(BaseSettings):
    """What differs between two stacks on one machine."""

    model_config = SettingsConfigDict(env_prefix="LOGIDATA_", extra="ignore", frozen=True, hide_input_in_errors=True)

    home: Path = REPOSITORY / "var"
    dags_folder: Path = REPOSITORY / "dags" / "pipelines"
    files_url: str = ""
    staging_url: str = ""
    staging_ttl: PositiveInt = 72
    """Hours that staged data outlives its run."""

    log_days: PositiveInt = 90
    """Days that the logs of tasks are kept."""
    run_days: NonNegativeInt = 365
    """Days that ended runs are kept; 0 keeps them for ever."""

    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    api_workers: PositiveInt = 1
    airflow_port: Port = 8080
    postgres_port: Port = 54320
    builder_url: str = ""

    memory_limit: str = "1GB"
    threads: PositiveInt = os.cpu_count() or 1
    outgoing_allow: str = ""
    outgoing_deny: str = "169.254.0.0/16,fe80::/10,fd00:ec2::254,fd20:ce::254,100.100.100.200,168.63.129.16"
    """What addresses in options may lead to: hosts, *.domains, addresses and networks, comma-separated."""
    task_timeout: PositiveInt = 6 * 3600
    """Seconds after which one try of a task is ended, where neither node nor pipeline says otherwise."""
    parallelism: PositiveInt = 4 * (os.cpu_count() or 1)
    """Tasks that run at once; two to four a core are plenty on one machine."""

    traces: bool = False
    """Whether requests and tasks are traced by OpenTelemetry; where to, `OTEL_EXPORTER_OTLP_ENDPOINT` says."""

    spark: bool = False
    """Whether a Spark Connect server of its own runs beside the others."""
    spark_port: Port = 15002
    spark_memory: Annotated[str, Field(pattern=r"^[1-9][0-9]*[kmgKMG]$")] = "2g"
    """Of its Java heap, in Java's notation."""
    spark_cores: PositiveInt = os.cpu_count() or 1
    spark_remote: str = ""
    """Another Spark Connect server's address, `sc://host:port`."""
    spark_token: SecretStr = SecretStr("")
    """What that one asks of its clients; the stack's own has one of its own."""

    @model_validator(mode="after")
    def _one_spark(self) -> Self:
        if self.spark and self.spark_remote:
            raise ValueError("LOGIDATA_SPARK starts a Spark here, and LOGIDATA_SPARK_REMOTE names another: choose one")
        return self

    @model_validator(mode="after")
    def _paths_the_supervisor_can_read(self) -> Self:
        for path in (self.home, self.dags_folder):
            for unsafe in _UNSAFE_IN_PATHS:
                if unsafe in str(path.absolute()):
                    raise ValueError(f"{path}: a folder of the stack must not have {unsafe!r} in its path")
        return self

    @classmethod
    def read(cls) -> Self:
        """The environment's settings; ports that it does not name are those of the last start."""
        given = cls()
        last = given.last_ports()
        return cls(**{name: port for name, port in last.items() if name not in given.model_fields_set})  # pyright: ignore[reportArgumentType]

    def last_ports(self) -> dict[str, int]:
        """The ports of the last start, by field; empty before the first."""
        try:
            return json.loads((self.root / PORTS_FILE).read_text())
        except FileNotFoundError:
            return {}

    def remember_ports(self) -> None:
        """For the next `up` or `status`, perhaps from a shell that does not name them."""
        (self.root / PORTS_FILE).write_text(json.dumps({name: getattr(self, name) for name in PORTS}))

    @cached_property
    def root(self) -> Path:
        """The home folder, absolute: data, secrets, logs and sockets, nothing that Git should see."""
        return self.home.absolute()

    @cached_property
    def logs(self) -> Path:
        """One file a process."""
        return self.root / "logs"

    @cached_property
    def run(self) -> Path:
        """The supervisor's own files."""
        return self.root / "run"

    @cached_property
    def metrics(self) -> Path:
        """Where several processes of the service add up what they count."""
        return self.run / "metrics"

    @cached_property
    def airflow_url(self) -> str:
        """Airflow listens on this machine only."""
        return f"http://127.0.0.1:{self.airflow_port}"

    @cached_property
    def api_url(self) -> str:
        """Where a browser on this machine finds the service."""
        host = "127.0.0.1" if self.api_host in {"0.0.0.0", "::"} else self.api_host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.api_port}"

    @cached_property
    def shared_environment(self) -> dict[str, str]:
        """The settings that the service and the tasks both read."""
        return {
            "LOGIDATA_HOME": str(self.root),
            "LOGIDATA_DAGS_FOLDER": str(self.dags_folder.absolute()),
            "LOGIDATA_FILES_URL": self.files_url or str(self.root / "files"),
            "LOGIDATA_STAGING_URL": self.staging_url or str(self.root / "staging"),
            "LOGIDATA_STAGING_TTL": str(self.staging_ttl),
            "LOGIDATA_LOG_DAYS": str(self.log_days),
            "LOGIDATA_RUN_DAYS": str(self.run_days),
            "LOGIDATA_MEMORY_LIMIT": self.memory_limit,
            "LOGIDATA_THREADS": str(self.threads),
            "LOGIDATA_OUTGOING_ALLOW": self.outgoing_allow,
            "LOGIDATA_OUTGOING_DENY": self.outgoing_deny,
            "LOGIDATA_BUILDER_URL": self.builder_url or self.api_url,
            "LOGIDATA_TRACES": str(self.traces),
            "LOGIDATA_SPARK_REMOTE": f"sc://127.0.0.1:{self.spark_port}" if self.spark else self.spark_remote,
        }
