from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.unpivot import UnpivotTransformer

from ..case import Case, Fails, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, column

WIDE = {"Land": "string", "2022": "bigint", "2023": "bigint", "select": "bigint"}
TABLE = Table(WIDE, [("süd", 1, None, MOST), (None, 4, 5, 6), ("süd", 1, None, MOST)])
LONG = {"Land": "string", "variable": "string", "value": "bigint"}


def case(name, config, table, columns=None, rows=None, **more):
    return Case(UnpivotTransformer, name, [table], config, columns, rows, **more)


CASES = [
    case(
        "all others, row by row, nulls and duplicates included",
        {"id_vars": ["Land"]},
        TABLE,
        LONG,
        [
            ("süd", "2022", 1),
            ("süd", "2023", None),
            ("süd", "select", MOST),
            (None, "2022", 4),
            (None, "2023", 5),
            (None, "select", 6),
            ("süd", "2022", 1),
            ("süd", "2023", None),
            ("süd", "select", MOST),
        ],
    ),
    case(
        "some of them, in the order given, under other names",
        {
            "id_vars": ["Land", "2022"],
            "value_vars": ["select", "2023"],
            "variable_name": "Jahr 'x'",
            "value_name": "from",
        },
        Table(WIDE, [("a", 1, 2, 3)]),
        {"Land": "string", "2022": "bigint", "Jahr 'x'": "string", "from": "bigint"},
        [("a", 1, "select", 3), ("a", 1, "2023", 2)],
    ),
    case(
        "nothing is kept",
        {"id_vars": [], "value_vars": ["2022", "2023"]},
        TABLE,
        {"variable": "string", "value": "bigint"},
        [("2022", 1), ("2023", None), ("2022", 4), ("2023", 5), ("2022", 1), ("2023", None)],
    ),
    case(
        "an empty table",
        {"id_vars": ["id"], "value_vars": ["select"]},
        EMPTY_ODD,
        {"id": "integer", "variable": "string", "value": "bigint"},
        [],
    ),
    case(
        "types that fit become one",
        {"id_vars": []},
        Table({"a": "integer", "b": "bigint", "c": "decimal(5,2)"}, [(1, 2**40, Decimal("0.25")), (None, None, None)]),
        {"variable": "string", "value": "decimal(21,2)"},
        [
            ("a", Decimal("1.00")),
            ("b", Decimal("1099511627776.00")),
            ("c", Decimal("0.25")),
            ("a", None),
            ("b", None),
            ("c", None),
        ],
    ),
    case(
        "floats that are none",
        {"id_vars": []},
        Table({"a": "float", "b": "integer"}, [(NAN, 1), (-INFINITY, None)]),
        {"variable": "string", "value": "float"},
        [("a", NAN), ("b", 1.0), ("a", -INFINITY), ("b", None)],
    ),
    case(
        "moments with a zone and odd names",
        {"id_vars": ["x.y`z"], "value_vars": ["日本 時間"], "variable_name": "_logidata_row"},
        ODD,
        {"x.y`z": "timestamp", "_logidata_row": "string", "value": "timestamptz"},
        [(at, "日本 時間", zoned) for at, zoned in zip(column("x.y`z"), column("日本 時間"), strict=True)],
    ),
    case(
        "sorted by a column that is kept",
        {"id_vars": ["k"]},
        Table({"k": "bigint", "a": "string", "b": "string"}, [(1, "x", "y"), (2, "z", None)], (SortKey("k", "desc"),)),
        {"k": "bigint", "variable": "string", "value": "string"},
        [(2, "a", "z"), (2, "b", None), (1, "a", "x"), (1, "b", "y")],
        order=(SortKey("k", "desc"),),
    ),
    case(
        "sorted by a column that becomes rows",
        {"id_vars": []},
        Table({"a": "bigint", "b": "bigint"}, [(2, 20), (1, 10)], (SortKey("a"),)),
        {"variable": "string", "value": "bigint"},
        [("a", 1), ("b", 10), ("a", 2), ("b", 20)],
    ),
    case(
        "a whole number too large for a float",
        {"id_vars": []},
        Table({"a": "float", "b": "bigint"}, [(0.5, 2**53 + 1)]),
        error=Fails("Column 'b' has whole numbers too large for a float: cast it before the unpivot."),
    ),
    case(
        "types that do not fit",
        {"id_vars": ["Land"], "value_vars": ["2022", "t"]},
        Table({**WIDE, "t": "string"}),
        error=Refused(
            [
                (
                    "/value_vars/1",
                    "Column 't' is string, which does not fit bigint of '2022'.",
                    "Make them the same type with Cast Data Types before, or keep the column.",
                )
            ]
        ),
    ),
    case(
        "names that are missing, twice, or clash",
        {"id_vars": ["Land", "2021"], "value_vars": ["Land", "2022", "2022"], "value_name": "LAND"},
        TABLE,
        error=Refused(
            [
                ("/id_vars/1", "There is no column '2021'.", "Did you mean '2023'?"),
                ("/value_vars/0", "Column 'Land' is kept, too.", "Remove it from one of the two."),
                ("/value_vars/2", "Column '2022' is listed twice.", "Remove one of the two."),
                (
                    "/value_vars/1",
                    "Column '2022' is bigint, which does not fit string",
                    "Make them the same type with Cast Data Types before, or keep the column.",
                ),
                (
                    "/value_vars/2",
                    "Column '2022' is bigint, which does not fit string",
                    "Make them the same type with Cast Data Types before, or keep the column.",
                ),
                ("/value_name", "Columns 'Land' and 'LAND' differ only in case", "Give one another name."),
            ]
        ),
    ),
    case(
        "nothing is left",
        {"id_vars": ["Land", "2022", "2023", "select"]},
        TABLE,
        error=Refused([("/id_vars", "All columns are kept", "Keep fewer columns.")]),
    ),
]
