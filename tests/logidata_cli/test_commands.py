"""The command line at a real service: what CI relies on, exit codes first."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.settings import Settings
from logidata_cli import login_file
from tests.api.conftest import TOKEN
from tests.api.live_service import LiveService
from tests.command_line import CommandLine

PASSWORD = "correct horse battery"
PIPELINE = """logidata: 1
name: Paid orders
tags: [sales]
nodes:
  - id: orders
    module: csv-extractor
    config: {file_path: orders.csv}
  - id: result
    module: csv-loader
    config: {file_path: paid.csv}
edges:
  - {from: orders, to: result}
"""
SORTED_TWICE = """logidata: 1
name: Sorted twice
nodes:
  - id: orders
    module: csv-extractor
    config: {file_path: orders.csv}
  - id: one
    module: sort-transformer
    config: {sort_by: [{column: id}]}
  - id: other
    module: sort-transformer
    config: {sort_by: [{column: status}, {column: id}]}
  - id: result
    module: csv-loader
    config: {file_path: sorted.csv}
edges:
  - {from: orders, to: one}
  - {from: one, to: other}
  - {from: other, to: result}
"""


@pytest.fixture
def service(settings: Settings) -> Iterator[LiveService]:
    changed = settings.model_copy(update={"admin_email": "ada@example.com"})
    environment = Settings(
        **{name: getattr(changed, name) for name in changed.model_fields_set}, admin_password=PASSWORD
    )
    with LiveService(environment) as service:
        yield service


def test_from_sign_in_to_a_file_that_is_applied(service: LiveService, tmp_path: Path) -> None:
    logidata = CommandLine(service.url, tmp_path / "home")
    (file := tmp_path / "paid.yaml").write_text(PIPELINE)

    signed_out = logidata("pipelines", "list")
    assert (signed_out.returncode, "logidata login" in signed_out.stderr) == (4, True)
    wrong = logidata("login", "--email", "ada@example.com", "--password-stdin", stdin="nonsense!!\n")
    assert wrong.returncode == 4, wrong.stderr
    logidata.good("login", "--email", "ada@example.com", "--password-stdin", stdin=PASSWORD + "\n")
    assert logidata.good("whoami").strip() == "ada@example.com (admin)"
    [kept] = (tmp_path / "home").rglob("logins.json")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in kept.read_text()

    different = logidata("pipelines", "diff", file)
    assert (different.returncode, "+name: Paid orders" in different.stdout) == (1, True), different.stderr
    assert logidata.good("pipelines", "apply", file) == "Paid orders: created\n"
    assert logidata.good("pipelines", "apply", file) == "Paid orders: unchanged\n"
    assert logidata.good("pipelines", "diff", file) == ""
    exported = logidata.good("pipelines", "export", "Paid orders")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "again.yaml").write_text(exported)
    assert logidata.good("pipelines", "diff", tmp_path / "folder") == ""

    file.write_text(PIPELINE.replace("[sales]", "[sales, daily]"))
    changed = logidata("pipelines", "diff", file)
    assert (changed.returncode, "+  - daily" in changed.stdout) == (1, True)
    assert logidata.good("pipelines", "apply", file) == "Paid orders: updated\n"
    [listed] = json.loads(logidata.good("pipelines", "list", "--json"))
    assert (listed["name"], listed["tags"], listed["revision"]) == ("Paid orders", ["sales", "daily"], 2)
    assert "Paid orders" in logidata.good("pipelines", "list", "--tag", "daily")

    (tmp_path / "files").mkdir(exist_ok=True)
    (tmp_path / "files" / "orders.csv").write_text("id,status\n1,paid\n")
    file.write_text(SORTED_TWICE)
    logidata.good("pipelines", "apply", file)
    # Away is what the service is as long as its column checker starts.
    service.until(lambda: logidata("pipelines", "optimize", "Sorted twice", "--check").returncode != 5, 120)
    better = logidata("pipelines", "optimize", "Sorted twice", "--check")
    assert better.returncode == 1, better.stderr
    assert "remove-sort:one\n" in better.stdout
    assert "-  - id: one\n" in better.stdout
    logidata.good("pipelines", "optimize", "Sorted twice", "--accept", "remove-sort:one")
    assert logidata.good("pipelines", "optimize", "Sorted twice", "--check") == "Nothing to improve.\n"
    assert "id: one" not in logidata.good("pipelines", "export", "Sorted twice")

    # An access token that has ended is renewed, once for all commands; a sign-in that has ended is told.
    logins = json.loads(kept.read_text())
    logins[service.url]["expires_at"] = time.time() - 1
    kept.write_text(json.dumps(logins))
    assert logidata.good("whoami")
    assert json.loads(kept.read_text())[service.url]["refresh_token"] != logins[service.url]["refresh_token"]
    logidata.good("logout")
    assert logidata("whoami").returncode == 4


def test_what_is_wrong_is_told_with_its_place_and_an_exit_code(service: LiveService, tmp_path: Path) -> None:
    logidata = CommandLine(service.url, tmp_path / "home", TOKEN)
    broken = tmp_path / "broken.yaml"

    broken.write_text(PIPELINE + "schedules: daily\n")
    refused = logidata("pipelines", "apply", broken)
    assert refused.returncode == 3
    assert str(broken) in refused.stderr
    assert "line 13" in refused.stderr.lower()

    broken.write_text(PIPELINE.replace("csv-loader", "csv-laoder"))
    draft = logidata("pipelines", "apply", "--json", broken)
    assert draft.returncode == 1
    [saved] = json.loads(draft.stdout)
    assert (saved["status"], saved["problems"][0]["code"]) == ("draft", "unknown-module")

    for arguments, code, told in (
        (("pipelines", "run", "Nobody"), 3, "There is no pipeline"),
        (("pipelines", "run", "Paid orders"), 3, "csv-laoder"),
        (("pipelines", "run", "Paid orders", "-p", "x"), 2, "name=value"),
        (("pipelines", "logs", "Paid orders"), 3, "has never run"),
        (("pipelines", "apply", tmp_path / "no.yaml"), 2, "does not exist"),
        (("--url", "ftp://x", "pipelines", "list"), 3, "no address"),
        (("--url", "http://127.0.0.1:9", "pipelines", "list"), 5, "does not answer"),
        (("--token", "nonsense", "whoami"), 4, "does not take the token"),
        (("modules", "show", "nothing"), 3, "There is no module"),
    ):
        done = logidata(*arguments)
        assert (done.returncode, told in done.stderr) == (code, True), (arguments, done.stderr)
    assert "csv-extractor" in logidata.good("modules", "list")
    assert '"file_path"' in logidata.good("modules", "show", "csv-extractor")


def test_commands_at_once_renew_a_sign_in_once(
    service: LiveService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refresh token that is used twice ends the sign-in, so a second command must wait for the first."""
    logidata = CommandLine(service.url, tmp_path / "home")
    logidata.good("login", "--email", "ada@example.com", "--password-stdin", stdin=PASSWORD + "\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    login = login_file.read(service.url)
    assert login is not None
    login_file.write(service.url, login | {"expires_at": 0})

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: logidata("whoami"), range(4)))

    assert [each.returncode for each in done] == [0] * 4, [each.stderr for each in done]
