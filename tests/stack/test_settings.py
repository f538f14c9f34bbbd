"""Settings, secrets and the configuration that both end up in."""

import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from supervisor.options import ServerOptions

from stack.airflow_settings import airflow_environment
from stack.credentials import Credentials
from stack.lifecycle import Stack, StackError
from stack.postgres import Cluster
from stack.programs import programs, supervisor_configuration
from stack.settings import StackSettings
from stack.supervisor import SupervisorError, socket_path


def _cluster(settings: StackSettings, credentials: Credentials) -> Cluster:
    return Cluster(settings.root / "postgres", settings.postgres_port, credentials.postgres_password)


@pytest.fixture(scope="module")
def credentials() -> Credentials:
    return Credentials.make()


def test_secrets_are_made_once_and_only_we_can_read_them(tmp_path: Path) -> None:
    made = Credentials.read_or_make(tmp_path)

    assert Credentials.read_or_make(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    values = list(made.model_dump().values())
    assert len(set(values)) == len(values)


def test_every_airflow_setting_exists_in_this_airflow(tmp_path: Path, credentials: Credentials) -> None:
    settings = StackSettings(home=tmp_path)
    listed = subprocess.run(
        [sys.executable, "-m", "airflow", "config", "list", "--defaults"],
        env={"AIRFLOW_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    known = {line.split()[-1] for line in listed.splitlines() if line.startswith("# Variable: AIRFLOW__")}

    ours = set(airflow_environment(settings, credentials, _cluster(settings, credentials))) - {"AIRFLOW_HOME"}

    assert ours <= known


def test_a_variable_of_the_caller_wins(
    tmp_path: Path, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "3")
    settings = StackSettings(home=tmp_path)

    kept = {program.name: program for program in programs(settings, credentials, _cluster(settings, credentials))}

    assert kept["scheduler"].environment["AIRFLOW__CORE__PARALLELISM"] == "3"


def test_each_process_gets_the_secrets_it_needs_and_no_others(
    tmp_path: Path, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = StackSettings(home=tmp_path)
    monkeypatch.setenv("LOGIDATA_ASSIST_API_KEY", "key-of-the-model")
    monkeypatch.setenv("LOGIDATA_OIDC_CLIENT_SECRET", "of-the-provider")

    kept = {program.name: program for program in programs(settings, credentials, _cluster(settings, credentials))}

    tasks = "\n".join(kept["scheduler"].environment.values())
    service = "\n".join(kept["api"].environment.values())
    assert credentials.service_token not in tasks
    assert kept["api"].environment["LOGIDATA_ASSIST_API_KEY"] == "key-of-the-model"
    for name in ("LOGIDATA_ASSIST_API_KEY", "LOGIDATA_OIDC_CLIENT_SECRET"):
        assert kept["scheduler"].environment[name] == "", "else it would be inherited"
    assert credentials.logidata_database_password not in tasks
    assert credentials.postgres_password not in tasks + service
    assert credentials.airflow_jwt_secret not in service
    assert not kept["postgres"].environment


def test_a_spark_of_its_own_runs_when_it_is_asked_for(tmp_path: Path, credentials: Credentials) -> None:
    settings = StackSettings(home=tmp_path, spark=True, spark_port=31002, spark_memory="512m", spark_cores=1)

    kept = {program.name: program for program in programs(settings, credentials, _cluster(settings, credentials))}

    assert list(kept)[-1] == "spark"
    assert kept["spark"].environment == {
        "LOGIDATA_HOME": str(tmp_path),
        "LOGIDATA_SPARK_PORT": "31002",
        "LOGIDATA_SPARK_MEMORY": "512m",
        "LOGIDATA_SPARK_CORES": "1",
        "LOGIDATA_SPARK_TOKEN": credentials.spark_token,
    }
    for name in ("api", "scheduler"):
        assert kept[name].environment["LOGIDATA_SPARK_REMOTE"] == "sc://127.0.0.1:31002"
    told = {name for name, program in kept.items() if credentials.spark_token in program.environment.values()}
    assert told == {"spark", "scheduler"}


def test_a_spark_elsewhere_is_named_to_the_tasks_and_nothing_is_started(
    tmp_path: Path, credentials: Credentials
) -> None:
    named = StackSettings(home=tmp_path, spark_remote="sc://spark.example:15002", spark_token=SecretStr("shown to it"))
    none = StackSettings(home=tmp_path)

    with_one, without = (
        {program.name: program.environment for program in programs(each, credentials, _cluster(each, credentials))}
        for each in (named, none)
    )

    assert "spark" not in with_one
    assert with_one["scheduler"]["LOGIDATA_SPARK_REMOTE"] == "sc://spark.example:15002"
    assert with_one["scheduler"]["LOGIDATA_SPARK_TOKEN"] == "shown to it"
    assert "LOGIDATA_SPARK_TOKEN" not in with_one["api"] | without["scheduler"]
    with pytest.raises(ValidationError, match="choose one") as refused:
        StackSettings(spark=True, spark_remote="sc://h", spark_token=SecretStr("hidden"))
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("name", ["plain", "with space", "quo'te", "käse", "a,b=c"])
def test_the_supervisor_reads_back_what_was_meant(
    name: str, tmp_path: Path, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the folder is called; read by supervisord's own parser."""
    settings = StackSettings(home=tmp_path / name, dags_folder=tmp_path / name / "dags")
    settings.run.mkdir(parents=True)
    settings.logs.mkdir()
    kept = programs(settings, credentials, _cluster(settings, credentials))
    file = tmp_path / "supervisord.conf"
    file.write_text(supervisor_configuration(settings, kept, socket_path(settings)))

    options = ServerOptions()
    monkeypatch.setattr(sys, "argv", ["supervisord"])
    options.realize(args=["-c", str(file)])

    read = {group.name: group.process_configs[0] for group in options.process_group_configs}
    assert set(read) == {program.name for program in kept}
    for program in kept:
        assert program.environment.items() <= (read[program.name].environment or {}).items()
        assert str(settings.root) in options_command(read[program.name].command)
        assert read[program.name].autorestart


def test_a_value_that_the_supervisor_cannot_hold_is_named_and_not_shown(
    tmp_path: Path, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", """{"password": "it's hidden"}""")
    settings = StackSettings(home=tmp_path, dags_folder=tmp_path / "dags")
    kept = programs(settings, credentials, _cluster(settings, credentials))

    with pytest.raises(SupervisorError, match="AIRFLOW_CONN_WAREHOUSE") as refused:
        supervisor_configuration(settings, kept, socket_path(settings))

    assert "hidden" not in str(refused.value)


def options_command(command: str) -> list[str]:
    return shlex.split(command)


@pytest.mark.parametrize("name", ["issue #2", "a ;b", "50%", 'a"b'])
def test_a_folder_that_the_supervisor_would_misread_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="must not have"):
        StackSettings(home=tmp_path / name)


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    short, long = StackSettings(home=Path("/x")), StackSettings(home=tmp_path / ("deep/" * 20))

    assert socket_path(short) == Path("/x/run/supervisor.sock")
    assert len(str(socket_path(long))) < 95
    assert stat.S_IMODE(socket_path(long).parent.stat().st_mode) == 0o700
    assert socket_path(long) == socket_path(StackSettings(home=tmp_path / ("deep/" * 20)))


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(ValidationError):
        StackSettings(api_port=70000)


def test_a_shell_that_names_no_ports_finds_the_stack_where_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API", "AIRFLOW", "POSTGRES"):
        monkeypatch.delenv(f"LOGIDATA_{name}_PORT", raising=False)
    monkeypatch.setenv("LOGIDATA_HOME", str(tmp_path))
    StackSettings(home=tmp_path, api_port=31000, airflow_port=31080, postgres_port=31432).remember_ports()

    monkeypatch.setenv("LOGIDATA_AIRFLOW_PORT", "31081")
    read = StackSettings.read()

    assert (read.api_port, read.airflow_port, read.postgres_port) == (31000, 31081, 31432)


@pytest.mark.parametrize("other", ["airflow", "spark"])
def test_one_port_for_two_processes_is_refused_before_anything_starts(other: str, tmp_path: Path) -> None:
    ports = {"api_port": 31080, f"{other}_port": 31080}
    stack = Stack(StackSettings(home=tmp_path, dags_folder=tmp_path / "dags", spark=True, **ports))  # pyright: ignore[reportArgumentType]

    with pytest.raises(StackError, match="LOGIDATA_API_PORT is 31080, like another port"):
        stack.up()

    assert not (tmp_path / "postgres").exists()
