from datetime import UTC, date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.map import MapTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, MOST, NAN, ODD, ODD_COLUMNS

LAND = {"Land": "string", "n": "bigint"}
TABLE = Table(LAND, [("NL", 1), ("de", 2), (None, 3), ("", 4), ("日本 'x'", 5), ("NL", MOST)])


def case(name, config, table, columns=None, rows=None, **more):
    return Case(MapTransformer, name, [table], config, columns, rows, **more)


def mapped(name, logical, values, mapping, expected, kind, **config):
    table = Table({"select": logical}, [(value,) for value in values])
    options = {"column": "select", "mapping": mapping, "otherwise": "null", **config}
    return case(name, options, table, {"select": kind}, [(value,) for value in expected])


CASES = [
    case(
        "in place, others stay",
        {"column": "Land", "mapping": {"NL": "Nederland", "": "leer", "日本 'x'": "\\ 'y' 😀"}},
        TABLE,
        LAND,
        [("Nederland", 1), ("de", 2), (None, 3), ("leer", 4), ("\\ 'y' 😀", 5), ("Nederland", MOST)],
    ),
    case(
        "into a new column, others become one value, null too",
        {
            "column": "Land",
            "mapping": {"NL": 1, "de": 2},
            "otherwise": "value",
            "otherwise_value": -1,
            "target_column": "group",
        },
        TABLE,
        {**LAND, "group": "integer"},
        [(*row, value) for row, value in zip(TABLE.rows, [1, 2, -1, -1, -1, 1], strict=True)],
    ),
    case(
        "into a column that exists, others become null",
        {"column": "Land", "mapping": {"NL": True, "de": False}, "otherwise": "null", "target_column": "n"},
        TABLE,
        {"Land": "string", "n": "boolean"},
        [("NL", True), ("de", False), (None, None), ("", None), ("日本 'x'", None), ("NL", True)],
    ),
    mapped(
        "whole numbers",
        "bigint",
        [1, MOST, None, 2],
        {"1": "one", str(MOST): "most"},
        ["one", "most", None, None],
        "string",
    ),
    mapped("to wide numbers", "integer", [1, 2], {"1": 2**40, "2": 1}, [2**40, 1], "bigint"),
    mapped("to fractions", "integer", [1, 2, 3], {"1": 1, "2": 0.5}, [1.0, 0.5, None], "float"),
    mapped("to null", "integer", [1, 2], {"1": None, "2": 7}, [None, 7], "integer"),
    mapped(
        "decimals that stay decimals",
        "decimal(6,2)",
        [Decimal("1.50"), Decimal("2.00"), None],
        {"1.5": 0.25},
        [Decimal("0.25"), Decimal("2.00"), None],
        "decimal(6,2)",
        otherwise="keep",
    ),
    mapped(
        "floats, not-a-number among them",
        "float",
        [NAN, 0.1, None],
        {"NaN": "none", "0.1": "a tenth"},
        ["none", "a tenth", None],
        "string",
    ),
    mapped("booleans", "boolean", [True, False, None], {"true": "yes", "False": "no"}, ["yes", "no", None], "string"),
    mapped("dates", "date", [date(2024, 2, 29), None], {"2024-02-29": "leap"}, ["leap", None], "string"),
    mapped(
        "moments with a zone",
        "timestamptz",
        [datetime(2024, 2, 29, 8, tzinfo=UTC), None],
        {"2024-02-29T10:00:00+02:00": "now"},
        ["now", None],
        "string",
    ),
    case("every other column stays", {"column": "id", "mapping": {"9": 8}}, ODD, ODD_COLUMNS, ODD.rows),
    case("an empty table", {"column": "select", "mapping": {"1": 2}}, EMPTY_ODD, ODD_COLUMNS, []),
    case(
        "sorted by what is mapped: the order is that of before",
        {"column": "k", "mapping": {"a": "z"}},
        Table({"k": "string"}, [("b",), ("a",)], (SortKey("k"),)),
        {"k": "string"},
        [("z",), ("b",)],
    ),
    case(
        "problems of keys",
        {"column": "n", "mapping": {"1": "x", "01": "y", "a/b": "z"}, "otherwise": "null"},
        TABLE,
        error=Refused(
            [
                ("/mapping/01", "'1' and '01' are the same bigint.", "Remove one of the two."),
                ("/mapping/a~1b", "'a/b' is no value of 'n', which is bigint.", "Write it as a value of that type."),
            ]
        ),
    ),
    case(
        "problems of values",
        {"column": "n", "mapping": {"1": "x"}},
        TABLE,
        error=Refused(
            [
                (
                    "/mapping/1",
                    "'x' is no value of 'n', which is bigint and keeps other values.",
                    "Write a value of that type, or let other values become null.",
                )
            ]
        ),
    ),
    case(
        "values of two kinds, and a column that is missing",
        {"column": "land", "mapping": {"1": "x", "2": 2}, "otherwise": "value", "target_column": "N"},
        TABLE,
        error=Refused(
            [
                ("/column", "There is no column 'land'.", "Did you mean 'Land'?"),
                ("/otherwise_value", "The value for other values is missing.", "Write it, or choose null."),
                ("/target_column", "Columns 'n' and 'N' differ only in case", "Give one another name."),
            ]
        ),
    ),
    case(
        "values of two kinds",
        {"column": "Land", "mapping": {"1": "x", "2": 2}, "otherwise": "null"},
        TABLE,
        error=Refused([("/mapping/2", "2 is integer, others are string.", "Let all values be of one kind.")]),
    ),
]
