"""What expressions mean: our semantics, whatever the engine's are."""

import math

import pytest

from module_operators.expressions import FUNCTIONS, compile_expression

from .conftest import DIALECT, SOURCE
from .corpus import VALUES, calls


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_every_example_gives_the_result_beside_it(function, value):
    assert value(function.example) == function.result


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_every_function_takes_every_type_that_it_says(function, value):
    for text in calls(function):
        value(text)


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_values(text, expected, value):
    if text == "-n::string":
        with pytest.raises(Exception, match="has no sign"):
            value(text)
        return
    answer = value(text)
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)
    assert type(answer) is type(expected) or text.startswith(("n NOT IN", "coalesce"))


def test_not_a_number_stays_one(value):
    assert math.isnan(value("nan + 1"))


def test_columns_used_are_the_columns_own_names():
    compiled = compile_expression("STATUS = 'a' AND n > 1 AND n < 5", SOURCE, DIALECT)

    assert compiled.columns_used == ("Status", "n")
    assert compiled.type == "boolean"


def test_text_that_looks_like_sql_stays_text(value):
    text = "'''; DROP TABLE rows; --'"
    assert value(text) == "'; DROP TABLE rows; --"


@pytest.mark.parametrize("text", ["CAST('3.7' AS integer)", "CAST(nan AS bigint)", "'x'::boolean", "big::integer"])
def test_a_value_that_cannot_be_cast_fails_with_the_value(text, value):
    with pytest.raises(Exception, match="cannot be cast to"):
        value(text)


def test_a_bigint_that_overflows_fails_rather_than_wraps(value):
    with pytest.raises(Exception, match="Overflow"):
        value("big + 1")
