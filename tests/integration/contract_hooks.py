"""Loaded by schemathesis: signs in as a person, and lets half of the requests be about things that exist."""

import json
import os
from typing import Any

import requests
import schemathesis
from schemathesis import AuthContext, Case, HookContext

KNOWN: dict[str, dict[str, Any]] = json.loads(os.environ["CONTRACT_KNOWN"])
"""By method, or `any`: a value of each path parameter."""


@schemathesis.auth(refresh_interval=600)
class Person:
    """Signs in with a password, again before the access token ends."""

    def get(self, case: Case, context: AuthContext) -> str:
        """An access token."""
        person = {"username": os.environ["CONTRACT_EMAIL"], "password": os.environ["CONTRACT_PASSWORD"]}
        answer = requests.post(f"{os.environ['CONTRACT_URL']}/api/v1/auth/login", data=person, timeout=30)
        return answer.json()["access_token"]

    def set(self, case: Case, data: str, context: AuthContext) -> None:
        """Send it."""
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Name things that exist, as often as the made-up ones say: the same in every run of a seed."""
    known = KNOWN["any"] | KNOWN.get(case.method, {})
    for name, made_up in (case.path_parameters or {}).items():
        if name in known and sum(str(made_up).encode()) % 2:
            case.path_parameters[name] = known[name]
