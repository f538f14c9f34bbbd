from datetime import UTC, date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.data_validation import DataValidationTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, ODD_COLUMNS

COLUMNS = {"v": "string"}


def case(name, rules, table, columns=None, rows=None, action="remove", **more):
    config = {"rules": rules, "action": action}
    return Case(DataValidationTransformer, name, [table], config, columns, rows, **more)


def kept(name, kind, rule, value, *, good, bad):
    """The good values stay, the bad ones go; null breaks nothing."""
    rules = [{"column": "select", "rule": rule, "value": value}]
    values = [*good, *bad, None]
    table = Table({"select": kind}, [(each,) for each in values])
    return case(name, rules, table, {"select": kind}, [(each,) for each in (*good, None)])


CASES = [
    case(
        "not null",
        [{"column": "v", "rule": "not_null"}],
        Table(COLUMNS, [("",), (None,), ("x",)]),
        COLUMNS,
        [("",), ("x",)],
    ),
    case(
        "unique: all that share a value",
        [{"column": "v", "rule": "unique"}],
        Table(COLUMNS, [("a",), ("b",), ("a",), (None,), (None,), ("A",), ("é",), ("e\u0301",)]),
        COLUMNS,
        [("b",), (None,), (None,), ("A",), ("é",), ("e\u0301",)],
    ),
    case(
        "unique: not-a-number",
        [{"column": "x", "rule": "unique"}],
        Table({"x": "float"}, [(NAN,), (NAN,), (1.0,), (INFINITY,)]),
        {"x": "float"},
        [(1.0,), (INFINITY,)],
    ),
    kept("min", "bigint", "min", MOST - 1, good=[MOST, MOST - 1], bad=[MOST - 2, -1]),
    kept("min of a fraction, for whole numbers", "integer", "min", 0.5, good=[1], bad=[0]),
    kept("max", "decimal(5,2)", "max", "1.5", good=[Decimal("1.50"), Decimal("-9.00")], bad=[Decimal("1.51")]),
    kept("max of floats", "float", "max", 1, good=[1.0, -INFINITY], bad=[1.5, INFINITY, NAN]),
    kept(
        "between two days",
        "date",
        "between",
        ["2024-02-29", "2024-03-01"],
        good=[date(2024, 2, 29), date(2024, 3, 1)],
        bad=[date(2024, 2, 28), date(2024, 3, 2)],
    ),
    kept(
        "a moment with a zone",
        "timestamptz",
        "min",
        "2024-02-29T10:00:00+02:00",
        good=[datetime(2024, 2, 29, 8, tzinfo=UTC)],
        bad=[datetime(2024, 2, 29, 7, 59, tzinfo=UTC)],
    ),
    kept("in", "string", "in", ["a", "it's", "日本"], good=["a", "it's", "日本"], bad=["A", "", "a "]),
    kept("in, of numbers", "bigint", "in", [1, "2"], good=[1, 2], bad=[3]),
    kept(
        "a pattern matches the whole text",
        "string",
        "regex",
        "[A-Z]{2}-\\d+",
        good=["AB-1"],
        bad=["AB-1\n", "xAB-1", "AB-", "AB-٣"],
    ),
    kept("a pattern of alternatives", "string", "regex", "a|b+?|\\s.", good=["a", "bb", " é"], bad=["ab", " \n", ""]),
    kept("a pattern that allows nothing", "string", "regex", "^$", good=[""], bad=[" "]),
    kept(
        "e-mail addresses",
        "string",
        "email",
        None,
        good=["a@b.co", "first.last+tag@sub.example.com", "o'x@example.org"],
        bad=["", "a@b", "a b@c.de", "@b.co", "a@b..co", "a@-b.co", "ü@b.co", "a@b.co\n"],
    ),
    kept("text of a type", "string", "type", "integer", good=["1", " +7 "], bad=["1.5", "x", "", "99999999999"]),
    kept("a number of a smaller type", "bigint", "type", "decimal(3,0)", good=[999], bad=[1000, MOST]),
    kept("dates in text", "string", "type", "date", good=["2024-02-29"], bad=["2023-02-29", "29.02.2024"]),
    case(
        "an expression: null breaks nothing",
        [{"rule": "expression", "value": "b >= a"}],
        Table({"a": "bigint", "b": "bigint"}, [(1, 2), (2, 1), (None, 1), (1, None)]),
        {"a": "bigint", "b": "bigint"},
        [(1, 2), (None, 1), (1, None)],
    ),
    case(
        "flags name the broken rules, in their order",
        [
            {"column": "a", "rule": "min", "value": 10, "name": "groß 'genug'"},
            {"column": "a", "rule": "unique"},
            {"rule": "expression", "value": "a < 100"},
            {"column": "b", "rule": "not_null"},
        ],
        Table({"a": "integer", "b": "string"}, [(1, None), (20, "x"), (1, "y"), (200, "z"), (None, "n")]),
        {"a": "integer", "b": "string", "validation_errors": "list(string)"},
        [
            (1, None, ["groß 'genug'", "a unique", "b not_null"]),
            (20, "x", []),
            (1, "y", ["groß 'genug'", "a unique"]),
            (200, "z", ["a < 100"]),
            (None, "n", []),
        ],
        action="flag",
    ),
    case("every type stays", [{"column": "id", "rule": "not_null"}], ODD, ODD_COLUMNS, ODD.rows, action="fail"),
    case(
        "an empty table",
        [{"column": "id", "rule": "unique"}],
        EMPTY_ODD,
        {**ODD_COLUMNS, "validation_errors": "list(string)"},
        [],
        action="flag",
    ),
    case(
        "a sorted input stays sorted",
        [{"column": "a", "rule": "max", "value": 2}],
        Table({"a": "integer"}, [(1,), (3,), (2,)], (SortKey("a", "desc"),)),
        {"a": "integer"},
        [(2,), (1,)],
        order=(SortKey("a", "desc"),),
    ),
    case(
        "a failure names the rule and the row",
        [{"column": "Größe", "rule": "between", "value": [0, 250]}, {"column": "id", "rule": "not_null"}],
        Table({"id": "bigint", "Größe": "float"}, [(1, 180.0), (2, 1800.0), (None, 1.0)]),
        action="fail",
        error=Fails("The rule 'Größe between 0, 250' is broken (in the row id = 2, Größe = 1800.0)"),
    ),
    case(
        "rules that do not fit",
        [
            {"column": "vv", "rule": "not_null"},
            {"column": "n", "rule": "email"},
            {"column": "v", "rule": "min", "value": 1},
            {"column": "n", "rule": "min", "value": "x"},
            {"column": "n", "rule": "between", "value": [2, 1]},
            {"column": "v", "rule": "regex", "value": "(a)\\1"},
            {"column": "v", "rule": "type", "value": "money"},
            {"column": "n", "rule": "type", "value": "date"},
            {"rule": "expression", "value": "n + 1"},
            {"rule": "expression", "value": "m = 1"},
        ],
        Table({"v": "string", "n": "bigint", "VALIDATION_ERRORS": "string"}),
        action="flag",
        error=Refused(
            [
                ("/rules/0/column", "There is no column 'vv'.", "Did you mean 'v'?"),
                ("/rules/1/column", "email needs text; 'n' is bigint.", "Cast Data Types can make it a string."),
                (
                    "/rules/2/column",
                    "min needs numbers or dates; 'v' is string.",
                    "Cast Data Types or Parse Dates can make it one.",
                ),
                ("/rules/3/value", "'x' is no value of 'n', which is bigint.", "Write a value of that type."),
                ("/rules/4/value", "The first value is larger than the second.", "Swap them."),
                ("/rules/5/value", "A back-reference is not possible here", None),
                (
                    "/rules/6/value",
                    "There is no type 'money'.",
                    "Types are integer, bigint, decimal(p,s), float, boolean, string, date, timestamp or timestamptz.",
                ),
                (
                    "/rules/7/column",
                    "Column 'n': Type bigint cannot be cast to date.",
                    "Use from_epoch() in Add Column for seconds since 1970.",
                ),
                (
                    "/rules/8/value",
                    "The expression gives bigint, not true or false.",
                    "Compare it, for instance: amount > 0.",
                ),
                ("/rules/9/value", "There is no column 'm'.", "Available: v, n, VALIDATION_ERRORS"),
                ("/action", "differ only in case", "Give one another name."),
            ]
        ),
    ),
]
