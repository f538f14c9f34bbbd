from module_operators.relation import SortKey
from module_operators.transformers.split_column import SplitColumnTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, ODD, ODD_COLUMNS, ODD_ROWS

BEFORE = {"id": "integer", "Full name": "string", "x": "float"}


def case(name, separator, *parts_of, columns=("a", "b", "c")):
    """Cases of `(text, its parts…)`."""
    rows = [(number, text, 1.0) for number, (text, *_) in enumerate(parts_of)]
    after = [(number, *parts, 1.0) for number, (_, *parts) in enumerate(parts_of)]
    kinds = {"id": "integer", **dict.fromkeys(columns, "string"), "x": "float"}
    config = {"column": "Full name", "separator": separator, "new_columns": list(columns)}
    return Case(SplitColumnTransformer, name, [Table(BEFORE, rows)], config, kinds, after)


CASES = [
    case(
        "missing parts are null, the rest stays in the last",
        ",",
        ("1,2,3", "1", "2", "3"),
        ("1,2,3,4,,5", "1", "2", "3,4,,5"),
        ("1", "1", None, None),
        ("1,", "1", "", None),
        (",,", "", "", ""),
        ("", "", None, None),
        (None, None, None, None),
    ),
    case("several characters", "<->", ("a<->b-<->", "a", "b-", ""), ("a<-b", "a<-b", None, None)),
    case("characters that patterns know", "|", ("a|b.c", "a", "b.c", None), (".*|^$", ".*", "^$", None)),
    case("dots and brackets", ".(", ("a.(b.(c.(d", "a", "b", "c.(d"), ("a.b", "a.b", None, None)),
    case("a backslash and a quote", "\\'", ("a\\'b", "a", "b", None), ("a\\b'c", "a\\b'c", None, None)),
    case("unicode", "→", ("日→本→😀→é", "日", "本", "😀→é"), ("e\u0301→", "e\u0301", "", None)),
    case("spaces", " ", ("  a b", "", "", "a b"), (" ", "", "", None)),
    case("one column takes all", ",", ("a,b", "a,b"), (None, None), columns=("all",)),
    case("odd names", "-", ("a-b", "a", "b"), columns=("select", 'a "b"')),
    Case(
        SplitColumnTransformer,
        "the column stays in front of its parts",
        [Table(BEFORE, [(1, "Ada Lovelace", 1.0), (2, None, None)])],
        {"column": "Full name", "separator": " ", "new_columns": ["first", "last"], "keep_original": True},
        {"id": "integer", "Full name": "string", "first": "string", "last": "string", "x": "float"},
        [(1, "Ada Lovelace", "Ada", "Lovelace", 1.0), (2, None, None, None, None)],
    ),
    Case(
        SplitColumnTransformer,
        "a part takes the name of the column",
        [Table(BEFORE, [(1, "Ada Lovelace", 1.0)])],
        {"column": "Full name", "separator": " ", "new_columns": ["Full name", "last"]},
        {"id": "integer", "Full name": "string", "last": "string", "x": "float"},
        [(1, "Ada", "Lovelace", 1.0)],
    ),
    Case(
        SplitColumnTransformer,
        "every other column stays, duplicates too",
        [ODD],
        {"column": "Größe (cm)", "separator": " ", "new_columns": ["a", "b"]},
        {
            name: kind
            for column, given in ODD_COLUMNS.items()
            for name, kind in ([("a", "string"), ("b", "string")] if column == "Größe (cm)" else [(column, given)])
        },
        [
            (row[0], *parts, *row[2:])
            for row, parts in zip(
                ODD_ROWS,
                [("naïve", "'quoted' \\ %_ 😀"), (None, None), ("", None), ("e\u0301", None), ("", None)],
                strict=True,
            )
        ],
    ),
    Case(
        SplitColumnTransformer,
        "an empty table",
        [EMPTY_ODD],
        {"column": "Größe (cm)", "separator": ",", "new_columns": ["a"]},
        {"a" if name == "Größe (cm)" else name: kind for name, kind in ODD_COLUMNS.items()},
        [],
    ),
    Case(
        SplitColumnTransformer,
        "sorted by the column that goes",
        [Table({"t": "string"}, [("b-1",), ("a-2",)], (SortKey("t"),))],
        {"column": "t", "separator": "-", "new_columns": ["l", "n"]},
        {"l": "string", "n": "string"},
        [("a", "2"), ("b", "1")],
    ),
    Case(
        SplitColumnTransformer,
        "problems",
        [Table(BEFORE)],
        {"column": "x", "separator": " ", "new_columns": ["ID", "y", "y"]},
        error=Refused(
            [
                ("/column", "Column 'x' is float, not text.", "Cast Data Types can make it a string."),
                ("/new_columns/0", "Columns 'id' and 'ID' differ only in case", "Give one another name."),
                ("/new_columns/2", "There are two columns 'y'.", "Give one another name."),
            ]
        ),
    ),
]
