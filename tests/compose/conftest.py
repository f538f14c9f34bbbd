"""The compose file as an operator's first start sees it: everything at its default but the secrets' folder."""

from typing import Any

import pytest

from tests.compose.compose_file import load


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """The whole document."""
    return load({"CLUSTER_SECRETS": "var/cluster"})


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    """Its services by name."""
    return compose["services"]
