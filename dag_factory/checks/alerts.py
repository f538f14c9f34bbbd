"""Checks who is told about runs: addresses, connections and limits."""

import re
from collections.abc import Iterator, Mapping

from dag_factory.alerts import CONNECTION_TYPES, LIMITS, AlertRules, Receiver
from dag_factory.graph import PipelineGraph
from dag_factory.plain import pointer
from dag_factory.problems import Problem, nearest, shown

MAX_RECEIVERS = 20
MAX_ADDRESSES = 50
LONGEST = 2_592_000
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,255}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


def alert_problems(graph: PipelineGraph, connections: Mapping[str, str] | None) -> Iterator[Problem]:
    """Problems of a pipeline's alerts; `path` is a pointer into the graph."""
    if graph.alerts is None:
        return
    yield from rule_problems(graph.alerts, connections, "/alerts")
    if graph.alerts.late_after_seconds is not None and not graph.is_scheduled:
        yield Problem(
            code="alert-without-schedule",
            severity="warning",
            path="/alerts/late_after_seconds",
            message="Only scheduled runs can be late, and the pipeline is not scheduled.",
            hint="Turn its schedule on, or remove the limit.",
        )


def rule_problems(rules: AlertRules, connections: Mapping[str, str] | None, at: str = "") -> Iterator[Problem]:
    """Problems of any rules; without `connections` (types by id) connections are not checked."""
    if len(rules.receivers) > MAX_RECEIVERS:
        message = f"There are {len(rules.receivers)} receivers; the limit is {MAX_RECEIVERS}."
        hint = "One e-mail receiver takes several addresses."
        yield Problem(code="too-many-receivers", path=f"{at}/receivers", message=message, hint=hint)
    for index, receiver in enumerate(rules.receivers):
        yield from _receiver(receiver, f"{at}/receivers/{index}", connections)
    for field in LIMITS:
        value = getattr(rules, field)
        if value is not None and not 1 <= value <= LONGEST:
            message, hint = f"“{field}” is {value}.", f"It can be 1 to {LONGEST:,}."
            yield Problem(code="out-of-range", path=f"{at}/{field}", message=message, hint=hint)


def _receiver(receiver: Receiver, at: str, connections: Mapping[str, str] | None) -> Iterator[Problem]:
    if receiver.type != "email" and receiver.to:
        message = "Only e-mail has addresses; where others go to is in their connection."
        yield Problem(code="receiver-addresses", path=f"{at}/to", message=message, hint="Remove them.")
    elif receiver.type == "email" and not receiver.to:
        message = "An e-mail receiver has no address."
        yield Problem(code="receiver-addresses", path=f"{at}/to", message=message, hint="Name who is written to.")
    elif len(receiver.to) > MAX_ADDRESSES:
        message = f"There are {len(receiver.to)} addresses; the limit is {MAX_ADDRESSES}."
        yield Problem(code="too-many-addresses", path=f"{at}/to", message=message, hint="Use a mailing list.")
    else:
        for index, address in enumerate(receiver.to):
            if not _ADDRESS.fullmatch(address):
                message = f"“{shown(address)}” is no e-mail address."
                hint = "Write it without a name: ada@example.com."
                yield Problem(
                    code="bad-address", path=pointer([*at.split("/")[1:], "to", index]), message=message, hint=hint
                )
    if connections is not None:
        yield from _connection(receiver, at, connections)


def _connection(receiver: Receiver, at: str, connections: Mapping[str, str]) -> Iterator[Problem]:
    name, wanted = receiver.connection_id, CONNECTION_TYPES[receiver.type]
    if name not in connections:
        fitting = sorted(each for each, kind in connections.items() if kind == wanted)
        code, message = "unknown-connection", f"There is no connection “{shown(name)}”."
        hint = nearest(name, fitting) or f"Make one of type {wanted} under Connections."
    elif connections[name] != wanted:
        code, message = "wrong-connection-type", f"“{name}” is a connection to {connections[name]}."
        hint = f"Alerts by {receiver.type} need one of type {wanted}."
    else:
        return
    yield Problem(code=code, path=f"{at}/connection_id", message=message, hint=hint)
