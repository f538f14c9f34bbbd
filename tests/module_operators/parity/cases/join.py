from datetime import UTC, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.join import JoinTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, NEW_YORK, ODD, ODD_COLUMNS, ODD_ROWS, TOKYO

L = Table({"id": "bigint", "Ländername": "string"}, [(1, "a"), (2, None), (None, "n"), (1, "b"), (MOST, "日")])
R = Table({"id": "bigint", "select": "float"}, [(1, NAN), (3, INFINITY), (None, 0.0), (1, None), (MOST, 1.0)])


def case(name, kind, left, right, columns=None, rows=None, on=("id",), **more):
    config = {"join_type": kind, "left_on": list(on), **more.pop("config", {})}
    return Case(JoinTransformer, name, [left, right], config, columns, rows, handles=("left", "right"), **more)


BOTH = {"id": "bigint", "Ländername": "string", "select": "float"}
MATCHED = [(1, "a", NAN), (1, "a", None), (1, "b", NAN), (1, "b", None), (MOST, "日", 1.0)]
ONE, TWO = {"k": "float", "v": "string"}, {"k": "float", "w": "string"}
CASES = [
    case("inner: null matches nothing", "inner", L, R, BOTH, MATCHED),
    case("left", "left", L, R, BOTH, [*MATCHED[:2], (2, None, None), (None, "n", None), *MATCHED[2:]]),
    case(
        "right: what is only there comes last", "right", L, R, BOTH, [*MATCHED, (3, None, INFINITY), (None, None, 0.0)]
    ),
    case(
        "outer",
        "outer",
        L,
        R,
        BOTH,
        [*MATCHED[:2], (2, None, None), (None, "n", None), *MATCHED[2:], (3, None, INFINITY), (None, None, 0.0)],
    ),
    case("semi: each row once", "semi", L, R, L.columns, [(1, "a"), (1, "b"), (MOST, "日")]),
    case("anti: null has no match", "anti", L, R, L.columns, [(2, None), (None, "n")]),
    case(
        "cross",
        "cross",
        Table({"a": "integer"}, [(1,), (2,)]),
        Table({"a": "integer"}, [(3,), (3,)]),
        {"a": "integer", "a_right": "integer"},
        [(1, 3), (1, 3), (2, 3), (2, 3)],
        on=(),
    ),
    case(
        "not-a-number matches itself",
        "inner",
        Table(ONE, [(NAN, "l"), (INFINITY, "i")]),
        Table(TWO, [(NAN, "r"), (INFINITY, "i")]),
        {"k": "float", "v": "string", "w": "string"},
        [(NAN, "l", "r"), (INFINITY, "i", "i")],
        on=("k",),
    ),
    case(
        "numbers of different types meet in one that holds both",
        "outer",
        Table({"k": "integer"}, [(1,), (2,)]),
        Table({"k": "decimal(10,2)"}, [(Decimal("2.00"),), (Decimal("2.50"),)]),
        {"k": "decimal(12,2)"},
        [(Decimal("1.00"),), (Decimal("2.00"),), (Decimal("2.50"),)],
        on=("k",),
    ),
    case(
        "moments are equal whatever their zone",
        "inner",
        Table({"z": "timestamptz"}, [(datetime(2024, 1, 1, 9, tzinfo=TOKYO),)]),
        Table({"z": "timestamptz", "n": "integer"}, [(datetime(2023, 12, 31, 19, tzinfo=NEW_YORK), 1)]),
        {"z": "timestamptz", "n": "integer"},
        [(datetime(2024, 1, 1, tzinfo=UTC), 1)],
        on=("z",),
    ),
    case(
        "texts are equal character by character",
        "semi",
        Table({"t": "string"}, [("é",), ("e\u0301",), ("A",), ("a ",), ("",)]),
        Table({"t": "string"}, [("é",), ("a",), ("",)]),
        {"t": "string"},
        [("é",), ("",)],
        on=("t",),
    ),
    case(
        "every type and odd names",
        "semi",
        ODD,
        ODD,
        ODD_COLUMNS,
        [ODD_ROWS[i] for i in (0, 2, 3, 4)],
        on=("select", "日本 時間", 'a "quoted" name', "x.y`z"),
    ),
    case("an empty right side", "left", L, Table(R.columns), BOTH, [(*row, None) for row in L.rows]),
    case("two empty sides", "outer", EMPTY_ODD, EMPTY_ODD, ODD_COLUMNS, [], on=tuple(ODD_COLUMNS)),
    case(
        "keys of other names, clashes get the suffix",
        "inner",
        L,
        Table({"k": "bigint", "id": "string"}, [(2, "x")]),
        {"id": "bigint", "Ländername": "string", "k": "bigint", "id_2": "string"},
        [(2, None, 2, "x")],
        config={"right_on": ["k"], "suffix": "_2"},
    ),
    case(
        "a sorted left input stays sorted",
        "inner",
        Table({"id": "bigint", "v": "bigint"}, [(1, 1), (1, 2), (2, 3)], (SortKey("v", "desc"),)),
        Table({"id": "bigint", "w": "string"}, [(1, "p"), (2, "q"), (1, "r")]),
        {"id": "bigint", "v": "bigint", "w": "string"},
        [(2, 3, "q"), (1, 2, "p"), (1, 2, "r"), (1, 1, "p"), (1, 1, "r")],
    ),
    case(
        "a key that is missing",
        "left",
        L,
        R,
        on=("ID",),
        error=Refused(
            [
                ("/left_on/0", "The left input has no column 'ID'.", "Did you mean 'id'?"),
                ("/left_on/0", "The right input has no column 'ID'.", "Did you mean 'id'?"),
            ]
        ),
    ),
    case(
        "keys of types that cannot be equal",
        "left",
        L,
        R,
        on=("Ländername",),
        config={"right_on": ["id"]},
        error=Refused(
            [
                (
                    "/left_on/0",
                    "Key 'Ländername' is string in the left input and 'id' bigint in the right one.",
                    "Make them the same type with Cast Data Types before the join.",
                )
            ]
        ),
    ),
    case(
        "a clash that the suffix does not solve",
        "inner",
        Table({"id": "bigint", "x": "bigint", "X_right": "bigint"}),
        Table({"id": "bigint", "x": "bigint"}),
        error=Refused([("/suffix", "'X_right' and 'x_right' differ only in case", "Give one another name.")]),
    ),
]
