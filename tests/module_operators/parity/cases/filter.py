# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
from datetime import UTC, date, datetime
from decimal import Decimal

from module_operators.relation import SortKey
from module_operators.transformers.filter import FilterTransformer

from ..case import Case, Refused, Table
from ..odd import EMPTY_ODD, INFINITY, MOST, NAN, ODD, ODD_ROWS

NUMBERS = {"id": "bigint", "amount": "float"}
ROWS = [(1, 5.0), (2, None), (3, NAN), (4, 50.0), (4, 50.0), (5, -INFINITY)]


def case(name, condition, table, kept, **more):
    rows = None if kept is None else [table.rows[index] for index in kept]
    return Case(
        FilterTransformer,
        name,
        [table],
        {"condition": condition},
        None if kept is None else table.columns,
        rows,
        **more,
    )


TABLE = Table(NUMBERS, ROWS)
CASES = [
    case("null is not true", "amount > 10", TABLE, [2, 3, 4]),  # not-a-number is greater than all numbers
    case("not of null is not true", "NOT amount > 10", TABLE, [0, 5]),
    case("is null", "amount IS NULL", TABLE, [1]),
    case("a constant null keeps nothing", "CAST(NULL AS boolean)", TABLE, []),
    case("everything of the odd table", "TRUE", ODD, range(len(ODD_ROWS))),
    case("an empty table", "id > 1", EMPTY_ODD, []),
    case("text with quotes, escapes and an emoji", "\"Größe (cm)\" = 'naïve ''quoted'' \\ %_ 😀'", ODD, [0]),
    case("an accent of its own is another text", "\"Größe (cm)\" IN ('\u00e9', 'E\u0301')", ODD, []),
    case("big integers do not pass through floats", f'"select" = {MOST}', ODD, [0]),
    case("wide decimals", '"a ""quoted"" name" > 99999999999999999999999999999999999.98', ODD, [0]),
    case("not-a-number and infinity", 'is_nan("UPPER") OR "UPPER" = CAST(\'Infinity\' AS float)', ODD, [0, 3]),
    case("a boolean column is a condition", "_logidata_row", ODD, [0, 3]),
    case(
        "moments of different zones are compared as moments",
        "\"日本 時間\" = TIMESTAMPTZ '2024-02-29 23:30:00+00'",
        ODD,
        [0],
    ),
    case(
        "dates, times and decimals",
        "d BETWEEN DATE '2024-02-29' AND DATE '2024-03-01' AND t < TIMESTAMP '2024-02-29 12:00:00' AND p = 0.10",
        Table(
            {"d": "date", "t": "timestamp", "p": "decimal(5,2)", "z": "timestamptz"},
            [
                (date(2024, 2, 29), datetime(2024, 2, 29, 11, 59, 59, 999999), Decimal("0.10"), None),
                (date(2024, 2, 29), datetime(2024, 2, 29, 12), Decimal("0.10"), None),
                (date(2024, 3, 2), datetime(2024, 2, 29, 11), Decimal("0.10"), datetime(2024, 1, 1, tzinfo=UTC)),
                (date(2024, 3, 1), datetime(2024, 2, 29, 11), Decimal("0.10"), None),
                (date(2024, 3, 1), datetime(2024, 2, 29, 11), Decimal("0.11"), None),
            ],
        ),
        [0, 3],
    ),
    case(
        "a sorted input stays sorted",
        "id <> 2",
        Table(NUMBERS, [(3, 1.0), (1, 2.0), (2, 3.0)], order=(SortKey("id", "desc"),)),
        [0, 1],
        order=(SortKey("id", "desc"),),
    ),
    case(
        "a condition that is none",
        "amount + 1",
        TABLE,
        None,
        error=Refused(
            [("/condition", "The condition gives float, not true or false.", "Compare it, for instance: amount > 100.")]
        ),
    ),
    case(
        "a column that is missing",
        "amuont > 1",
        TABLE,
        None,
        error=Refused([("/condition", "There is no column 'amuont'.", "Did you mean amount?")]),
    ),
]
