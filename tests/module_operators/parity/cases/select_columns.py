from module_operators.relation import SortKey
from module_operators.transformers.select_columns import SelectColumnsTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, NAN, ODD, ODD_COLUMNS, ODD_ROWS, column

NAMES = list(ODD_COLUMNS)


def case(name, table, columns, rows=None, **more):
    kept = None if rows is None else {each: table.columns[each] for each in columns}
    return Case(SelectColumnsTransformer, name, [table], {"columns": columns}, kept, rows, **more)


SMALL = Table({"amount": "float", "Amount 2": "string", "from": "bigint"}, [(NAN, "ä", 1), (None, None, None)])
CASES = [
    case("all columns as they are", ODD, NAMES, ODD_ROWS),
    case("all columns backwards", ODD, NAMES[::-1], [row[::-1] for row in ODD_ROWS]),
    case("an empty table", EMPTY_ODD, ["select", "Größe (cm)"], []),
    *(case(f"only {index}", ODD, [name], [(v,) for v in column(name)]) for index, name in enumerate(NAMES)),
    case("a keyword and a name with a blank", SMALL, ["from", "Amount 2"], [(1, "ä"), (None, None)]),
    case(
        "sorted by a column that goes",
        Table(
            {"a": "bigint", "b": "string"},
            [(2, "y"), (None, "n"), (3, "z"), (1, "x"), (2, "y2")],
            (SortKey("a", "desc", "first"),),
        ),
        ["b"],
        [("n",), ("z",), ("y",), ("y2",), ("x",)],
        order=(SortKey("__logidata_sort_1", "desc", "first"),),
    ),
    case(
        "names that are missing or twice",
        SMALL,
        ["amout", "from", "from", "nothing like it"],
        error=Refused(
            [
                ("/columns/2", "Column 'from' is listed twice.", "Remove one of the two."),
                ("/columns/0", "There is no column 'amout'.", "Did you mean 'amount'?"),
                ("/columns/3", "There is no column 'nothing like it'.", "Available: amount, Amount 2, from"),
            ]
        ),
    ),
]
