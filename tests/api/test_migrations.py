"""The migrations make what the models say."""

import threading
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect

from api import migrations
from api.models import Base
from stack.postgres import Cluster


@pytest.fixture
def empty(postgres_server: Cluster) -> Iterator[Engine]:
    engine = create_engine(postgres_server.create_database("migration_tests"))
    yield engine
    engine.dispose()
    connection = postgres_server.connect()
    connection.autocommit = True
    connection.cursor().execute("drop database migration_tests with (force)")
    connection.close()


def test_migrations_and_models_agree(empty: Engine) -> None:
    migrations.upgrade(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    assert migrations.current(empty) == migrations.head()


def test_migrations_can_be_taken_back_and_repeated(empty: Engine) -> None:
    migrations.upgrade(empty)
    migrations.upgrade(empty)
    migrations.downgrade(empty, "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]
    migrations.upgrade(empty)


def test_processes_that_start_together_do_not_collide(empty: Engine) -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            migrations.upgrade(empty)
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert migrations.current(empty) == migrations.head()
