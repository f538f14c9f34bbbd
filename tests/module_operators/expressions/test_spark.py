"""Each expression gives on Spark what it gives on DuckDB: value, type, or a failure on both."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import duckdb
import pytest
from pyspark.errors import PySparkException

from module_operators.engines.dialect import Dialect
from module_operators.engines.spark import SparkEngine
from module_operators.engines.spark_session import SparkServer
from module_operators.engines.spark_sql import logical_type
from module_operators.expressions import CompiledExpression, compile_expression

from .conftest import DIALECT, SOURCE, selected
from .corpus import TEXTS

SPARK = SparkEngine.dialect
BATCH = 150


@pytest.fixture(scope="module")
def spark(spark_server: SparkServer) -> Iterator[SparkEngine]:
    with SparkEngine(spark_server) as engine:
        yield engine


@cache
def on(dialect: Dialect, text: str) -> CompiledExpression:
    return compile_expression(text, SOURCE, dialect)


def items_of(compiled: Sequence[CompiledExpression]) -> str:
    return ", ".join(f"{each.sql} AS c{index}" for index, each in enumerate(compiled))


def on_duckdb(engine: duckdb.DuckDBPyConnection, compiled: Sequence[CompiledExpression]) -> list[Any]:
    """Values; an expression that fails makes all fail, so the halves are asked again until it stands alone."""
    try:
        answer = engine.execute(f"SELECT {items_of(compiled)} FROM ({selected(DIALECT)}) AS rows")
        return [python_value(column[0]) for column in answer.to_arrow_table().columns]
    except duckdb.Error as error:
        if len(compiled) == 1:
            return [error]
        half = len(compiled) // 2
        return on_duckdb(engine, compiled[:half]) + on_duckdb(engine, compiled[half:])


def on_spark(spark: SparkEngine, compiled: Sequence[CompiledExpression]) -> list[tuple[Any, str]]:
    """Values and types, as `on_duckdb`."""
    items = items_of(compiled)
    frame = spark.session.sql(f"SELECT {items} FROM ({selected(SPARK)}) AS rows")
    types = [logical_type(field.dataType.simpleString()) for field in frame.schema.fields]
    try:
        table = frame.toArrow()
    except PySparkException as error:
        if len(compiled) == 1:
            return [(error, types[0])]
        half = len(compiled) // 2
        return on_spark(spark, compiled[:half]) + on_spark(spark, compiled[half:])
    return list(zip([python_value(column[0]) for column in table.columns], types, strict=True))


def python_value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except OverflowError:
        return "beyond what Python's dates can hold"


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, Exception) or isinstance(other, Exception):
        return isinstance(one, Exception) and isinstance(other, Exception)
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-12)
    if isinstance(one, datetime) and isinstance(other, datetime) and one.tzinfo and other.tzinfo:
        return one.astimezone(UTC) == other.astimezone(UTC)
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("start", range(0, len(TEXTS), BATCH))
def test_values_and_types_are_those_of_duckdb(start, engine, spark):
    texts = [text for text in TEXTS[start : start + BATCH] if "current_" not in text.lower()]
    compiled = [on(SPARK, text) for text in texts]

    expected = on_duckdb(engine, [on(DIALECT, text) for text in texts])
    # Those that fail are asked apart: each would make Spark ask for the others again and again.
    failing = {place for place, value in enumerate(expected) if isinstance(value, Exception)}
    places = [*sorted(failing), *(place for place in range(len(texts)) if place not in failing)]
    answers = [answer for place in sorted(failing) for answer in on_spark(spark, [compiled[place]])]
    answers += on_spark(spark, [compiled[place] for place in places[len(failing) :]])
    found = [answer for _, answer in sorted(zip(places, answers, strict=True), key=lambda each: each[0])]

    assert [kind for _, kind in found] == [each.type for each in compiled]
    differing = [
        (text, meant, value)
        for text, meant, (value, _) in zip(texts, expected, found, strict=True)
        if not alike(meant, value)
    ]
    assert differing == []


@pytest.mark.parametrize(
    "text",
    [
        "x' OR reflect('a', 'b') --",
        "\\'; java_method('a', 'b'); --",
        "${env:HOME}",
        "a`b``c",
        "/*",
        "r'",
        "\0\n\\",
        "'",
    ],
)
def test_hostile_texts_and_names_stay_what_they_are(text, spark):
    """Also when the server's parser is set to keep backslashes, or to replace variables."""
    sql = f"SELECT {SPARK.literal(text)} AS {SPARK.quote('x')}, 1 AS {SPARK.quote(text.replace(chr(0), ''))}"

    (frame,) = spark.session.sql(sql).collect()

    assert frame[0] == text
    assert list(frame.asDict())[1] == text.replace("\0", "")


CALLED = re.compile(r"([a-zA-Z_0-9]+) ?\(")
HARMLESS = set(
    "CAST NULLIF abs array_contains array_join array_size btrim ceil coalesce concat concat_ws contains current_date "  # noqa: SIM905
    "current_timestamp date_format date_trunc day endswith exp floor from_utc_timestamp greatest hour instr isnan "
    "last_day least left length ln log10 lower lpad ltrim md5 minute month nullif pmod power quarter raise_error "
    "regexp_extract regexp_replace repeat replace reverse right round rpad rtrim second sha2 split_part sqrt "
    "startswith substring timestamp_micros timestampadd timestampdiff to_utc_timestamp transform trim try_cast "
    "try_multiply unix_micros unix_seconds upper weekday weekofyear year".split()
)
KEYWORDS = {"AS", "IN", "DECIMAL", "THEN", "WHEN", "AND", "OR", "NOT", "div", "ELSE", "CASE", "BETWEEN", "LIKE", "IS"}


def test_no_function_that_reaches_java_or_files_is_ever_written():
    """The allow-list is the only wall on Spark: everything that can be written is of these functions."""
    written = set()
    for text in TEXTS:
        sql = re.sub(r"'[^']*'|`[^`]*`", "", on(SPARK, text).sql)
        written |= set(CALLED.findall(sql))
    assert written - KEYWORDS <= HARMLESS
