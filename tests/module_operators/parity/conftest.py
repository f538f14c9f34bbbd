from __future__ import annotations

from collections.abc import Iterator

import pytest

from .engines import ENGINES, ParityEngine, started


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParityEngine]:
    """One engine a session, for all its cases."""
    folder = tmp_path_factory.mktemp(request.param)
    with started(request.param, folder, lambda: request.getfixturevalue("spark_server")) as engine:
        yield engine
