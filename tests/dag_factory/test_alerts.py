"""Alerts in a graph: checked, exported, and left out of the compiled file."""

from typing import Any

import pytest

from dag_factory.alerts import Alerts
from dag_factory.catalog import Catalog
from dag_factory.portable import dump, unfold
from dag_factory.portable_text import read
from dag_factory.uses import connection_ids
from dag_factory.validate import validate
from tests.dag_factory.pipelines import compiled, linear, parsed

MAIL = {"type": "email", "connection_id": "mail", "to": ["ada@example.com"]}
KINDS = {"mail": "smtp", "team": "slackwebhook", "shop": "postgres"}


def with_alerts(**alerts: Any) -> dict[str, Any]:
    return linear(alerts=alerts)


@pytest.mark.parametrize(
    ("alerts", "code", "path"),
    [
        ({"receivers": [MAIL | {"to": []}]}, "receiver-addresses", "/alerts/receivers/0/to"),
        ({"receivers": [MAIL, MAIL | {"to": ["a@b.c", "Ada <a@b.c>"]}]}, "bad-address", "/alerts/receivers/1/to/1"),
        ({"receivers": [MAIL | {"to": ["a@b.c\nBcc: x@y.z"]}]}, "bad-address", "/alerts/receivers/0/to/0"),
        ({"receivers": [MAIL | {"type": "slack"}]}, "receiver-addresses", "/alerts/receivers/0/to"),
        (
            {"receivers": [MAIL | {"connection_id": "mial"}]},
            "unknown-connection",
            "/alerts/receivers/0/connection_id",
        ),
        (
            {"receivers": [{"type": "slack", "connection_id": "shop"}]},
            "wrong-connection-type",
            "/alerts/receivers/0/connection_id",
        ),
        ({"receivers": [MAIL] * 21}, "too-many-receivers", "/alerts/receivers"),
        ({"long_after_seconds": 0}, "out-of-range", "/alerts/long_after_seconds"),
        ({"late_after_seconds": 60}, "alert-without-schedule", "/alerts/late_after_seconds"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(alerts: dict[str, Any], code: str, path: str, catalog: Catalog) -> None:
    found = validate(parsed(with_alerts(**alerts)), catalog, connections=KINDS)

    assert (code, path) in {(problem.code, problem.path) for problem in found}
    assert all(problem.hint for problem in found)


def test_good_alerts_have_no_problems_and_name_their_connections(catalog: Catalog) -> None:
    graph = parsed(with_alerts(receivers=[MAIL, {"type": "slack", "connection_id": "team"}], long_after_seconds=60))

    assert validate(graph, catalog, connections=KINDS) == []
    assert connection_ids(graph) == ["mail", "team"]


def test_alerts_come_back_from_yaml_without_what_is_usual(catalog: Catalog) -> None:
    graph = parsed(with_alerts(receivers=[MAIL], on_recovery=False))

    text = dump(graph, catalog)

    assert "\nalerts:\n  on_recovery: false\n  receivers:\n    - connection_id: mail\n      to:\n" in text
    assert "on_failure" not in text
    assert parsed(unfold(read(text)[0])).alerts == Alerts.model_validate(graph.alerts)


def test_the_compiled_file_is_the_same_with_and_without(catalog: Catalog) -> None:
    assert compiled(with_alerts(receivers=[MAIL]), catalog) == compiled(linear(), catalog)
