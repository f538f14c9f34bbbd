from module_operators.relation import SortKey
from module_operators.transformers.rename_columns import RenameColumnsTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, ODD, ODD_COLUMNS, ODD_ROWS

SMALL = Table({"a": "bigint", "b": "string"}, [(1, "x"), (None, "ß")])


def case(name, mapping, table=SMALL, rows=None, **more):
    columns = None if rows is None else {mapping.get(old, old): kind for old, kind in table.columns.items()}
    return Case(RenameColumnsTransformer, name, [table], {"rename_mapping": mapping}, columns, rows, **more)


CASES = [
    case("odd names become plain", {name: f"c{i}" for i, name in enumerate(ODD_COLUMNS)}, ODD, ODD_ROWS),
    case("plain names become odd", {"a": 'Group "by" `x`; --', "b": "日本"}, SMALL, SMALL.rows),
    case("an empty table", {"select": "from"}, EMPTY_ODD, []),
    case("two swap their names", {"a": "b", "b": "a"}, SMALL, SMALL.rows),
    case("only the case changes", {"a": "A"}, SMALL, SMALL.rows),
    case("to the same name", {"a": "a"}, SMALL, SMALL.rows),
    case("a name like a hidden one", {"a": "_logidata_row", "b": "logidata_row"}, SMALL, SMALL.rows),
    case(
        "the order goes on under the new name",
        {"a": "b", "b": "a"},
        Table({"a": "bigint", "b": "bigint"}, [(1, 3), (2, 1), (3, 2)], (SortKey("b"),)),
        [(2, 1), (3, 2), (1, 3)],
        order=(SortKey("a"),),
    ),
    case(
        "a clash",
        {"a": "b"},
        error=Refused([("/rename_mapping/a", "There are two columns 'b'.", "Give one another name.")]),
    ),
    case(
        "a clash by case, and a column that is missing",
        {"a": "B", "bb/~": "y"},
        error=Refused(
            [
                ("/rename_mapping/bb~1~0", "There is no column 'bb/~'.", "Available: a, b"),
                ("/rename_mapping/a", "Columns 'b' and 'B' differ only in case", "Give one another name."),
            ]
        ),
    ),
]
