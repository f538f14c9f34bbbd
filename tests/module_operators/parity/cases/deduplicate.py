from module_operators.relation import SortKey
from module_operators.transformers.deduplicate import DeduplicateTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD

SMALL = Table(
    {"key": "string", "at": "bigint", "order by": "float"},
    [("a", 2, NAN), (None, 1, 1.0), ("a", 1, NAN), ("A", 3, 0.0), (None, 1, 1.0), ("a", None, 5.0)],
)


def case(name, config, table, kept, **more):
    return Case(DeduplicateTransformer, name, [table], config, table.columns, [table.rows[i] for i in kept], **more)


CASES = [
    case("equal rows once, nulls being equal", {}, SMALL, [0, 1, 2, 3, 5]),
    case("the last of equal rows", {"keep": "last"}, SMALL, [0, 2, 3, 4, 5]),
    case("the first of each key", {"columns": ["key"]}, SMALL, [0, 1, 3]),
    case("the last of each key", {"columns": ["key"], "keep": "last"}, SMALL, [3, 4, 5]),
    case("the smallest of each key, nulls last", {"columns": ["key"], "order_by": ["at"]}, SMALL, [1, 2, 3]),
    case(
        "the largest of each key, nulls last",
        {"columns": ["key"], "order_by": ["at"], "keep": "last"},
        SMALL,
        [3, 4, 5],
    ),
    case("not-a-number equals itself", {"columns": ["order by"]}, SMALL, [0, 1, 3, 5]),
    case(
        "infinities, big integers and keys of several columns",
        {"columns": ["x", "n"]},
        Table(
            {"x": "float", "n": "bigint"},
            [(INFINITY, MOST), (-INFINITY, MOST), (INFINITY, MOST - 1), (INFINITY, MOST), (NAN, None), (NAN, None)],
        ),
        [0, 1, 2, 4],
    ),
    case("every type and odd names", {}, ODD, [0, 1, 2, 3]),
    case("every type, the last ones", {"keep": "last"}, ODD, [0, 1, 3, 4]),
    case("moments are equal whatever their zone", {"columns": ["日本 時間", "UPPER"]}, ODD, [0, 1, 2, 3]),
    case("an empty table", {"columns": ["select"]}, EMPTY_ODD, []),
    case(
        "a sorted input: its order decides, and stays",
        {"columns": ["k"]},
        Table({"k": "string", "n": "bigint"}, [("b", 1), ("a", 2), ("b", 3), ("a", 4)], (SortKey("n", "desc"),)),
        [3, 2],
        order=(SortKey("n", "desc"),),
    ),
    case(
        "without an order, equal rows",
        {},
        Table({"k": "string"}, [("a",), ("a",), ("b",)], numbered=False),
        [0, 2],
    ),
    Case(
        DeduplicateTransformer,
        "without an order, rows that are equal in part",
        [Table({"k": "string", "n": "bigint"}, numbered=False)],
        {"columns": ["k"]},
        error=Refused([("/keep", "The rows have no order.", "Name columns to order by.")]),
    ),
    Case(
        DeduplicateTransformer,
        "columns that are missing",
        [SMALL],
        {"columns": ["Key"], "order_by": ["nothing"]},
        error=Refused(
            [
                ("/columns/0", "There is no column 'Key'.", "Did you mean 'key'?"),
                ("/order_by/0", "There is no column 'nothing'.", "Available: key, at, order by"),
            ]
        ),
    ),
]
