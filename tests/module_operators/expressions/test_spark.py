"""Each expression gives on Spark what it gives on DuckDB: value, type, or a failure on both."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from pyspark.errors import PySparkException

from module_operators.engines.spark import SparkEngine
from module_operators.engines.spark_session import SparkServer
from module_operators.engines.spark_sql import logical_type
from module_operators.expressions import FUNCTIONS, CompiledExpression, compile_expression

from .conftest import DIALECT, SOURCE, selected
from .corpus import EDGES, EXAMPLES, VALUES, calls

SPARK = SparkEngine.dialect
BATCH = 150
TEXTS = list(
    dict.fromkeys(
        [
            *(text for text, _ in (*EXAMPLES, *VALUES) if text != "-n::string"),
            *(text for function in FUNCTIONS.values() for text in calls(function)),
            *EDGES,
        ]
    )
)


@pytest.fixture(scope="module")
def spark(spark_server: SparkServer) -> Iterator[SparkEngine]:
    with SparkEngine(spark_server) as engine:
        yield engine


def on_duckdb(engine: duckdb.DuckDBPyConnection, text: str) -> Any:
    compiled = compile_expression(text, SOURCE, DIALECT)
    try:
        answer = engine.execute(f"SELECT {compiled.sql} AS value FROM ({selected(DIALECT)}) AS rows")
        value = python_value(answer.to_arrow_table()["value"][0])
    except duckdb.Error as error:
        return error
    return value


def on_spark(spark: SparkEngine, compiled: Sequence[CompiledExpression]) -> list[tuple[Any, str]]:
    """Values and types; an expression that fails makes all fail, so those are asked again one by one."""
    items = ", ".join(f"{each.sql} AS c{index}" for index, each in enumerate(compiled))
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
    compiled = [compile_expression(text, SOURCE, SPARK) for text in texts]

    found = on_spark(spark, compiled)

    assert [kind for _, kind in found] == [each.type for each in compiled]
    differing = [
        (text, expected, value)
        for text, (value, _) in zip(texts, found, strict=True)
        if not alike(expected := on_duckdb(engine, text), value)
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
        sql = re.sub(r"'[^']*'|`[^`]*`", "", compile_expression(text, SOURCE, SPARK).sql)
        written |= set(CALLED.findall(sql))
    assert written - KEYWORDS <= HARMLESS
