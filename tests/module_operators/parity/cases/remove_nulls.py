from module_operators.relation import SortKey
from module_operators.transformers.remove_nulls import RemoveNullsTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, NAN, ODD, ODD_ROWS

SMALL = Table(
    {"a": "bigint", "from": "string", "x y": "float"},
    [(1, "x", NAN), (None, "", 1.0), (None, None, None), (2, None, 0.0), (1, "x", NAN)],
)


def case(name, config, table, kept, **more):
    return Case(RemoveNullsTransformer, name, [table], config, table.columns, [table.rows[i] for i in kept], **more)


CASES = [
    case("all columns by default", {}, SMALL, [0, 4]),
    case("an empty text and not-a-number are values", {"columns": ["from", "x y"]}, SMALL, [0, 1, 4]),
    case("only rows of nothing but nulls", {"strategy": "all"}, SMALL, [0, 1, 3, 4]),
    case("all of some columns", {"columns": ["a", "from"], "strategy": "all"}, SMALL, [0, 1, 3, 4]),
    case("one column", {"columns": ["from"]}, SMALL, [0, 1, 4]),
    case("every type", {}, ODD, [0, 2, 3, 4]),
    case("every type, all of them", {"strategy": "all"}, ODD, range(len(ODD_ROWS))),
    case("an empty table", {"columns": ["日本 時間", "select"]}, EMPTY_ODD, []),
    case(
        "a sorted input stays sorted",
        {"columns": ["b"]},
        Table({"a": "bigint", "b": "bigint"}, [(3, 1), (2, None), (1, 1)], (SortKey("a", "desc"),)),
        [0, 2],
        order=(SortKey("a", "desc"),),
    ),
    Case(
        RemoveNullsTransformer,
        "a column that is missing",
        [SMALL],
        {"columns": ["x_y"]},
        error=Refused([("/columns/0", "There is no column 'x_y'.", "Did you mean 'x y'?")]),
    ),
]
