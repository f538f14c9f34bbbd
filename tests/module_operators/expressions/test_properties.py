# ruff: noqa: PT017 - whether it raises is random; what it raises is not
"""Random expressions: allowed ones run with the type that was derived; any other text is refused, never worse."""

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from module_operators.engines.duckdb_sql import logical_type
from module_operators.expressions import ExpressionError, compile_expression
from tests.properties import examples

from .conftest import DIALECT, SOURCE, selected

_numbers = st.deferred(lambda: _leaf_numbers | _number_calls)
_leaf_numbers = st.sampled_from(["n", "big", "price", "amount", "nan", "no_number", "NULL::bigint"]) | st.one_of(
    st.integers(-(2**40), 2**40).map(str),
    st.decimals(-1000, 1000, places=2).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda x: f"({x!r})" if "e" in repr(x) else repr(x)),
)
_number_calls = st.one_of(
    st.tuples(_numbers, st.sampled_from("+-*/%"), _numbers).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    st.tuples(st.sampled_from(["abs", "round", "floor", "ceil", "sqrt", "ln", "sign", "trunc"]), _numbers).map(
        lambda t: f"{t[0]}({t[1]})"
    ),
    st.tuples(_numbers, _numbers).map(lambda t: f"coalesce({t[0]}, {t[1]})"),
    st.tuples(_numbers, st.sampled_from(["bigint", "float", "decimal(20,3)", "integer"])).map(
        lambda t: f"TRY_CAST({t[0]} AS {t[1]})"
    ),
)
_texts = st.deferred(lambda: _leaf_texts | _text_calls)
_leaf_texts = st.sampled_from(["status", "größe", '"odd ""name"""', "nothing"]) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf"]), max_size=8
).map(lambda text: "'" + text.replace("'", "''") + "'")
_text_calls = st.one_of(
    st.tuples(_texts, _texts).map(lambda t: f"({t[0]} || {t[1]})"),
    st.tuples(st.sampled_from(["lower", "upper", "trim", "reverse", "md5"]), _texts).map(lambda t: f"{t[0]}({t[1]})"),
    st.tuples(_texts, st.integers(-3, 5), st.integers(0, 5)).map(lambda t: f"substring({t[0]}, {t[1]}, {t[2]})"),
    _numbers.map(lambda number: f"CAST({number} AS string)"),
)
_moments = st.deferred(lambda: _leaf_moments | _moment_calls)
_leaf_moments = st.sampled_from(["day", "at_time", "zoned", "no_day", "DATE '2024-12-31'", "CURRENT_DATE"])
_moment_calls = st.one_of(
    st.tuples(_moments, st.sampled_from("+-"), st.integers(0, 40), st.sampled_from(["days", "months", "hours"])).map(
        lambda t: f"({t[0]} {t[1]} INTERVAL '{t[2]} {t[3]}')"
    ),
    st.tuples(st.sampled_from(["year", "week", "day", "hour"]), _moments).map(
        lambda t: f"date_trunc('{t[0]}', {t[1]})"
    ),
)
_conditions = st.deferred(lambda: _comparisons | _logic)
_comparison = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"])
_comparisons = st.one_of(
    *(
        st.tuples(kind, _comparison, kind).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        for kind in (_numbers, _texts, _moments)
    ),
    st.tuples(_texts, _texts).map(lambda t: f"({t[0]} LIKE {t[1]})"),
    st.sampled_from(["paid", "TRUE"]),
    st.one_of(_numbers, _texts, _moments).map(lambda value: f"({value} IS NOT NULL)"),
)
_logic = st.one_of(
    st.tuples(_conditions, st.sampled_from(["AND", "OR"]), _conditions).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    _conditions.map(lambda condition: f"(NOT {condition})"),
)
_any = st.one_of(_numbers, _texts, _moments, _conditions)
_allowed = _any | st.tuples(_conditions, _numbers, _numbers).map(
    lambda t: f"CASE WHEN {t[0]} THEN {t[1]} ELSE {t[2]} END"
)


@settings(max_examples=examples(300), deadline=None)
@given(_allowed)
def test_an_allowed_expression_runs_and_has_its_derived_type(engine, text):
    try:
        compiled = compile_expression(text, SOURCE, DIALECT)
    except ExpressionError as error:
        # A scale that no decimal has, or more SQL than is reasonable, is a clear refusal too.
        assert any(
            word in str(error)
            for word in ("DECIMAL", "complicated", "deep", "out of range", "overflow", "Overflow", "scale")
        ), text
        return
    query = f"SELECT {compiled.sql} AS value FROM ({selected(DIALECT)}) AS rows"
    (described,) = engine.execute(f"DESCRIBE {query}").fetchall()
    assert logical_type(described[1]) == compiled.type
    try:
        engine.execute(f"SELECT count(hash(value)) FROM ({query})").fetchall()
    except duckdb.Error as error:
        assert any(word in str(error).lower() for word in ("overflow", "out of range", "cast"))


_WORDS = st.sampled_from(
    "n status ( ) , 'a' \"Status\" + - * / % = < > <> || :: AND OR NOT IS NULL IN BETWEEN LIKE CASE WHEN THEN ELSE "  # noqa: SIM905
    "END CAST AS integer INTERVAL DATE '1 day' 1 2.5 1e3 lower round date_trunc 'month' EXTRACT FROM year AT TIME ZONE "
    "'UTC' SELECT sum OVER ; -- /* . [ ] { } -> ? :x $1 DISTINCT ESCAPE TRUE decimal ( 10 , 2 )".split()
)


@settings(max_examples=examples(1500), deadline=None)
@given(st.text(max_size=60) | st.lists(_WORDS, max_size=25).map(" ".join))
@example("(" * 9_999)
@example("-" * 9_999)
@example("NOT " * 2_499)
@example("CASE " * 1_999)
@example("a" * 10_001)
@example("9" * 9_999)
@example("lower(" * 1_600)
@example("1 BETWEEN " * 900)
@example("\ud800")
def test_arbitrary_text_only_ever_refuses(text):
    try:
        compiled = compile_expression(text, SOURCE, DIALECT)
    except ExpressionError as error:
        assert 1 <= error.place.line <= text.count("\n") + 1
        assert 1 <= error.place.column <= len(text) + 1
    else:
        assert compiled.sql


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["+", "-", "*", "=", "<>", "AND", "OR", "||"]), st.integers(0, 9)), max_size=6)
)
def test_operators_bind_as_in_the_engine(engine, terms):
    """Of what both read, the value is the same: no bracket of ours stands in the wrong place."""
    text = "1" + "".join(f" {operator} {number}" for operator, number in terms)
    try:
        compiled = compile_expression(text, SOURCE, DIALECT)
    except ExpressionError:
        return
    ours, theirs = engine.execute(f"SELECT CAST({compiled.sql} AS VARCHAR), CAST({text} AS VARCHAR)").fetchone()
    assert ours == theirs
