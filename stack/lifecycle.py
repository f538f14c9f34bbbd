"""`up` and `down`: both may be called at any time, in any state, any number of times."""

import fcntl
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from dag_factory.publish import Publisher
from stack import leftovers
from stack.airflow_settings import OWN_DAGS, password_file
from stack.credentials import Credentials, write_secret
from stack.databases import begin_service_migration, finish, make_databases, migrate_airflow
from stack.health import health
from stack.ports import holder, is_free
from stack.postgres import Cluster
from stack.programs import API, POSTGRES, SPARK, programs, supervisor_configuration
from stack.settings import REPOSITORY, StackSettings
from stack.spark import check_installed
from stack.supervisor import Supervisor, socket_path
from stack.warmup import run_housekeeping

Report = Callable[[str], None]

_HEALTHY = "healthy"
_RUN_TASKS = {"airflow-api", "scheduler", "dag-processor"}
_PATIENCE = 300
_LOG_LINES = 15


class StackError(Exception):
    """The stack cannot do what was asked; the message says why and what to do about it."""


class Stack:
    """The processes of one home folder: PostgreSQL, Airflow, the service, and the supervisor that keeps them."""

    def __init__(self, settings: StackSettings, report: Report = print) -> None:
        self.settings = settings
        self._report = report
        settings.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.credentials = Credentials.read_or_make(settings.root)
        self.cluster = Cluster(settings.root / "postgres", settings.postgres_port, self.credentials.postgres_password)
        self.supervisor = Supervisor(settings)
        self.programs = programs(settings, self.credentials, self.cluster)

    def up(self) -> None:
        """Starts what does not run and returns when everything is healthy and has run a first task."""
        with self._alone():
            configuration = supervisor_configuration(self.settings, self.programs, socket_path(self.settings))
            if self.supervisor.is_running() and not self.supervisor.runs_with(configuration):
                self._check_ports(ours=self.settings.last_ports().values())
                self._report("the settings have changed: stopping what runs with the old ones")
                self._down()
            if not self.supervisor.is_running():
                self._heal()
                self._check_ports()
                if self.settings.spark:
                    check_installed()
                self._make_folders()
                self.cluster.create()
                self.supervisor.start(configuration)
                self.settings.remember_ports()
            self._start()

    def down(self) -> None:
        """Stops everything and makes sure that no process of ours is left."""
        with self._alone():
            self._down()

    def health(self) -> dict[str, str]:
        """For each program "healthy" or why it is not; empty when nothing runs."""
        return health(self.settings, self.credentials, self.cluster, self.supervisor.processes())

    def _start(self) -> None:
        """Each process as soon as what it needs is there: starting is bound by the CPU, four imports of Airflow."""
        root, by_name = self.settings.root, {program.name: program for program in self.programs}
        begun = time.monotonic()
        self.supervisor.launch(POSTGRES)
        self._wait_for({POSTGRES}, begun)
        make_databases(self.cluster, self.credentials)
        migration = begin_service_migration(root, by_name[API])
        migrate_airflow(root, self.cluster, by_name["scheduler"])
        for name in OWN_DAGS:
            source = (REPOSITORY / "dags" / f"{name}.py").read_text()
            Publisher(self.settings.dags_folder.absolute()).publish(name, source)
        for name in sorted(_RUN_TASKS):
            self.supervisor.launch(name)
        finish(migration)
        self.supervisor.launch(API)
        if SPARK in by_name:
            self.supervisor.launch(SPARK)
        self._wait_for(_RUN_TASKS, begun)
        self.supervisor.launch("triggerer")  # the first task does not wait for it
        seconds = run_housekeeping(self.settings, self.credentials)
        self._report(f"first task done in {seconds:.1f} s")
        self._wait_for(set(by_name) - _RUN_TASKS - {POSTGRES}, begun)

    def _make_folders(self) -> None:
        for folder in (self.settings.logs, self.settings.run, self.settings.root / "airflow" / "dags"):
            folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.settings.metrics, ignore_errors=True)
        path, content = password_file(self.settings, self.credentials)
        write_secret(Path(path), content)

    def _heal(self) -> None:
        session = leftovers.recorded_session(self.settings.root)
        left = list(leftovers.members(self.settings.root, session))
        if left:
            self._report(f"ending {len(left)} processes that an interrupted stack left behind")
            leftovers.end(left, patience=5)
        leftovers.forget_stale_files(self.settings.root)

    def _check_ports(self, ours: Collection[int] = ()) -> None:
        """Refuses ports that are taken, except by the stack that is about to be stopped, and one port given twice."""
        wanted = {
            "LOGIDATA_POSTGRES_PORT": (self.settings.postgres_port, "127.0.0.1"),
            "LOGIDATA_AIRFLOW_PORT": (self.settings.airflow_port, "127.0.0.1"),
            "LOGIDATA_API_PORT": (self.settings.api_port, self.settings.api_host),
        }
        if self.settings.spark:
            wanted["LOGIDATA_SPARK_PORT"] = (self.settings.spark_port, "127.0.0.1")
        ports = [port for port, _ in wanted.values()]
        taken = [
            f"{variable} is {port}, like another port of the stack: choose another"
            for variable, (port, _) in wanted.items()
            if ports.count(port) > 1
        ]
        for variable, (port, host) in wanted.items():
            if port not in ours and not is_free(port, host):
                who = holder(port)
                pid = f"process {who.pid}: " if who.pid else ""
                taken.append(
                    f"port {port} is taken by {pid}{who.command}\n  choose another: {variable}={port + 1} make up"
                )
        if taken:
            raise StackError("\n".join(taken))

    def _wait_for(self, names: set[str], begun: float) -> None:
        waiting = set(names)
        while waiting:
            verdicts = self.health()
            for name in [program.name for program in self.programs if program.name in waiting]:
                if verdicts.get(name) == _HEALTHY:
                    waiting.discard(name)
                    self._report(f"{name} healthy after {time.monotonic() - begun:.1f} s")
            if waiting and time.monotonic() - begun > _PATIENCE:
                raise StackError(
                    "\n".join(self._complaint(name, verdicts.get(name, "not started")) for name in waiting)
                )
            time.sleep(0.2 if waiting else 0)

    def _complaint(self, name: str, verdict: str) -> str:
        log = self.settings.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-_LOG_LINES:] if log.exists() else []
        return "\n  ".join([f"{name} is not healthy after {_PATIENCE} s: {verdict}", f"end of {log}:", *lines])

    def _down(self) -> None:
        session = leftovers.recorded_session(self.settings.root)
        if self.supervisor.is_running():
            # Tasks that come to their end meanwhile report it to Airflow's API and so to PostgreSQL: these two go last.
            last = {POSTGRES, "airflow-api"}
            for process in self.supervisor.processes():
                if process.name not in last:
                    self.supervisor.stop(process.name, wait=False)
            self._until(lambda: all(p.pid == 0 for p in self.supervisor.processes() if p.name not in last))
            self.supervisor.shutdown()
            self._until(lambda: not self.supervisor.is_running())
            self._until(lambda: not any(p.pid == session for p in leftovers.members(self.settings.root, session)))
        left = list(leftovers.members(self.settings.root, session))
        if left:
            self._report(f"ending {len(left)} processes that did not end by themselves")
        stubborn = leftovers.end(left, patience=5)
        if stubborn:
            raise StackError(f"these processes cannot be ended: {', '.join(str(p.pid) for p in stubborn)}")

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.1)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One `up` or `down` at a time; a second one waits for the first."""
        with (self.settings.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._report("waiting for another `up` or `down` of this stack")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
