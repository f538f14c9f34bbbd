from module_operators.relation import SortKey
from module_operators.transformers.sort import SortTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD


def case(name, keys, table, order=None, limit=None, **more):
    sort_by = [dict(zip(("column", "direction", "nulls"), key, strict=False)) for key in keys]
    rows = None if order is None else [table.rows[index] for index in order]
    columns = None if order is None else table.columns
    config = {"sort_by": sort_by} | ({} if limit is None else {"limit": limit})
    return Case(SortTransformer, name, [table], config, columns, rows, **more)


TEXTS = Table(
    {"from": "string"}, [("b",), (None,), ("A",), ("",), ("é",), ("e\u0301",), ("日",), ("a",), ("😀",), ("b",)]
)
FLOATS = Table({"x": "float"}, [(0.5,), (NAN,), (None,), (-INFINITY,), (INFINITY,), (-0.5,), (NAN,)])
CASES = [
    case("texts by their characters, nulls last", [("from",)], TEXTS, [3, 2, 7, 0, 9, 5, 4, 6, 8, 1]),
    case("texts downwards, nulls last", [("from", "desc")], TEXTS, [8, 6, 4, 5, 0, 9, 7, 2, 3, 1]),
    case("nulls first", [("from", "asc", "first")], TEXTS, [1, 3, 2, 7, 0, 9, 5, 4, 6, 8]),
    case("not-a-number is the largest", [("x",)], FLOATS, [3, 5, 0, 4, 1, 6, 2]),
    case("downwards, nulls first", [("x", "desc", "first")], FLOATS, [2, 1, 6, 4, 0, 5, 3]),
    case("big integers", [("n", "desc")], Table({"n": "bigint"}, [(MOST - 1,), (-MOST,), (MOST,)]), [2, 0, 1]),
    case("decimals", [('a "quoted" name',)], ODD, [2, 4, 3, 0, 1]),
    case("moments of several zones", [("日本 時間", "desc")], ODD, [2, 4, 0, 3, 1]),
    case("two keys, equal rows as they were", [("id", "desc"), ("UPPER",)], ODD, [3, 2, 4, 1, 0]),
    case("booleans and days", [("_logidata_row",), ("it's; -- day", "desc")], ODD, [2, 4, 3, 0, 1]),
    case("an empty table", [("select",)], EMPTY_ODD, []),
    case("the first ones only, nulls among them", [("from", "desc", "first")], TEXTS, [1, 8, 6], limit=3),
    case("a limit beyond the rows", [("x",)], FLOATS, [3, 5, 0, 4, 1, 6, 2], limit=99),
    case("of equal rows the first ones", [("id", "desc"), ("UPPER",)], ODD, [3, 2, 4], limit=3),
    case(
        "the first ones by an earlier order",
        [("a",)],
        Table({"a": "bigint", "b": "bigint"}, [(1, 1), (2, 2), (1, 3), (2, 4)], (SortKey("b", "desc"),)),
        [2],
        limit=1,
    ),
    case(
        "an earlier order decides between equal rows",
        [("a",)],
        Table({"a": "bigint", "b": "bigint"}, [(1, 1), (2, 2), (1, 3), (2, 4)], (SortKey("b", "desc"),)),
        [2, 0, 3, 1],
    ),
    case(
        "columns that are missing or twice",
        [("Id",), ("UPPER",), ("UPPER", "desc")],
        ODD,
        error=Refused(
            [
                ("/sort_by/0/column", "There is no column 'Id'.", "Did you mean 'id'?"),
                ("/sort_by/2/column", "Column 'UPPER' is listed twice.", "Remove one of the two."),
            ]
        ),
    ),
]
