"""Attacks: each is refused when compiled, and what would touch the outside fails on the engine even when passed raw."""

import duckdb
import pytest

from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.engines.spark_sql import SparkDialect
from module_operators.expressions import ExpressionError, compile_expression
from module_operators.relation import Column, Relation

from .attacks import EXPRESSIONS, OUTSIDE, STATEMENTS
from .conftest import DIALECT, SOURCE


@pytest.mark.parametrize("text", [*OUTSIDE, *STATEMENTS, *EXPRESSIONS], ids=lambda text: ascii(text)[:50])
@pytest.mark.parametrize("dialect", [DIALECT, SparkDialect()], ids=lambda dialect: dialect.name)
def test_the_expression_is_refused(text, dialect):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, SOURCE, dialect)
    assert caught.value.place.line >= 1
    assert caught.value.place.column >= 1


def test_there_are_enough_attacks():
    assert len({*OUTSIDE, *STATEMENTS, *EXPRESSIONS}) >= 150


@pytest.fixture
def allowed(tmp_path):
    (tmp_path / "allowed").mkdir()
    connection = locked_connection(Limits("256MB", 1), [str(tmp_path / "allowed")])
    yield connection
    connection.close()


@pytest.mark.parametrize("text", OUTSIDE)
def test_even_raw_the_engine_reaches_nothing(text, allowed):
    with pytest.raises(duckdb.Error):
        allowed.execute(f"SELECT {text} FROM (SELECT 1 AS n) AS rows").fetchall()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_even_raw_the_engine_keeps_its_lock(statement, allowed):
    with pytest.raises(duckdb.Error):
        allowed.execute(statement)


def test_a_link_out_of_the_allowed_folder_is_not_followed(tmp_path, allowed):
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n")
    (tmp_path / "allowed" / "link.csv").symlink_to(secret)

    with pytest.raises(duckdb.Error):
        allowed.execute(f"FROM read_csv('{tmp_path / 'allowed' / 'link.csv'}')").fetchall()


@pytest.mark.parametrize("name", ["x\" FROM read_text('/etc/passwd') --", "x'); DROP TABLE rows; --", 'a""b', "/*"])
def test_a_hostile_column_name_is_only_a_name(name, engine):
    quoted = DIALECT.quote(name)
    compiled = compile_expression(f"{quoted} = 'a'", Relation("rows", (Column(name, "string"),)), DIALECT)

    assert engine.execute(f"SELECT {compiled.sql} FROM (SELECT 'a' AS {quoted}) AS rows").fetchone() == (True,)
