from __future__ import annotations

from collections.abc import Iterator

import pytest

from .engines import ENGINES, ParityEngine


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParityEngine]:
    """One engine a session, for all its cases."""
    with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as engine:
        yield engine
