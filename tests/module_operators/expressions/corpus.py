# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
"""Expressions that every engine must read alike: with their values, and a call of each function with each type."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import product

from module_operators.expressions import FUNCTIONS, Function

from .edges import EDGES

_SAMPLES = {
    "text": ["status", "nothing"],
    "number": ["n", "big", "price", "amount", "nan", "no_number", "0", "-1.5"],
    "integer": ["n", "no_number", "-1"],
    "boolean": ["paid"],
    "moment": ["day", "at_time", "zoned", "no_day", "'2024-02-29'"],
    "scalar": ["n", "price", "amount", "paid", "day", "zoned", "status", "NULL"],
    "same": ["n", "price", "NULL"],
    "list": ["words"],
    "element": ["'a'"],
    "separator": ["', '"],
    "unit": ["'month'", "'HOUR'"],
    "part": ["'weekday'", "'second'"],
    "pattern": ["'[a-c]+'"],
    "count": ["3"],
    "digits": ["1"],
    "index": ["-1"],
    "format": ["'%d.%m.%Y %H:%M:%S %j %b %A %%'"],
}


def calls(function: Function) -> Iterator[str]:
    """The function with every type that it says it takes."""
    most = 2 if function.most is None else function.most
    for number in range(function.least, most + 1):
        kinds = [function.parameter(i).kind for i in range(number)]
        for samples in product(*(_SAMPLES[kind] for kind in kinds)):
            same = [sample for sample, kind in zip(samples, kinds, strict=True) if kind == "same"]
            untyped = same and (set(same) == {"NULL"} or (function.name == "nullif" and same[0] == "NULL"))
            too_late = function.name == "from_epoch" and {"big", "nan"} & set(samples)
            if not untyped and not too_late:
                yield f"{function.name}({', '.join(samples)})"


EXAMPLES = [(function.example, function.result) for function in FUNCTIONS.values()]

VALUES: list[tuple[str, object]] = [
    # columns
    ("status = 'active'", True),
    ("STATUS", "active"),
    ('"Status"', "active"),
    ('größe || \' \' || "odd ""name"""', "Straße odd"),
    ('"select" || "a.b" || "end"', "keyword21"),
    # precedence
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("TRUE OR FALSE AND FALSE", True),
    ("NOT FALSE AND TRUE", True),
    ("-n::string", None),
    ("2 - -3", 5),
    ("1 - 2 - 3", -4),
    ("NOT n = 8", True),
    ("n = 7 IS NULL", False),
    ("'a' || 'b' = 'ab'", True),
    # numbers
    ("n / 2", 3.5),
    ("n / 0", None),
    ("n % 0", None),
    ("mod(n, 0)", None),
    ("div(n, 0)", None),
    ("amount % 0", None),
    ("price % 5", Decimal("4.99")),
    ("-7 % 3", -1),
    ("2147483647 + 1", 2147483648),
    ("n * 1000000000", 7000000000),
    ("-(-2147483648)", 2147483648),
    ("-9223372036854775808", -9223372036854775808),
    ("99999999999999999999", Decimal(99999999999999999999)),
    ("price * 2", Decimal("39.98")),
    ("price + amount", 32.49),
    ("0.1 + 0.2 = 0.3", True),
    ("sqrt(-1)", None),
    ("ln(0)", None),
    ("round(2.5)", Decimal(3)),
    ("round(-2.5)", Decimal(-3)),
    ("round(n, -1)", 10),
    ("abs(-1.5)", Decimal("1.5")),
    ("nan = nan", True),
    ("is_nan(nan)", True),
    ("1e3", 1000.0),
    (".5 + 1.", Decimal("1.5")),
    # casts
    ("CAST(amount AS integer)", 12),
    ("(-12.9)::bigint", -12),
    ("CAST('42' AS integer)", 42),
    ("TRY_CAST('3.7' AS integer)", None),
    ("TRY_CAST(nan AS bigint)", None),
    ("TRY_CAST('x' AS date)", None),
    ("1e20::string", "100000000000000000000.0"),
    ("(-1.5e-7)::text", "-0.00000015"),
    ("0.1::float::text", "0.1"),
    ("nan::text", "NaN"),
    ("paid::integer", 1),
    ("'yes'::boolean", True),
    ("'2024-02-29T23:30:00+02:00'::timestamp", datetime(2024, 2, 29, 21, 30)),
    ("at_time::date", date(2024, 2, 29)),
    ("'12.345'::decimal(10,2)", Decimal("12.35")),
    ("CAST(NULL AS date)", None),
    ("zoned::string", "2024-02-29 23:30:00+00"),
    ("CAST(at_time AS timestamp with time zone) = zoned", True),
    # text
    ("'it''s'", "it's"),
    ("'a' || NULL", None),
    ("'n: ' || n || ', ' || price", "n: 7, 19.99"),
    ("length('👍🏽')", 2),
    ("left('abc', -1)", ""),
    ("split_part('a,b', ',', 5)", ""),
    ("substring('Berlin', -3)", "lin"),
    ("status LIKE 'act%'", True),
    ("status NOT LIKE '%x%'", True),
    ("status ILIKE 'ACT____'", False),
    ("'50%' LIKE '50!%' ESCAPE '!'", True),
    (r"'a\b' LIKE 'a\b'", True),
    ("concat(nothing, 'a')", "a"),
    ("regexp_replace('aaa', 'a', 'b')", "bbb"),
    # nulls and choices
    ("nothing = 'a'", None),
    ("nothing IS NULL", True),
    ("nothing IS DISTINCT FROM 'a'", True),
    ("nothing IS NOT DISTINCT FROM nothing", True),
    ("paid IS TRUE", True),
    ("(nothing = 'a') IS NOT TRUE", True),
    ("no_number IN (1, 2)", None),
    ("n IN (1, 7)", True),
    ("n NOT IN (-1, 7.0)", False),
    ("n BETWEEN 1 AND 7 AND paid", True),
    ("n NOT BETWEEN 8 AND 9", True),
    ("CASE WHEN n > 5 THEN 'big' WHEN n > 2 THEN 'mid' ELSE 'small' END", "big"),
    ("CASE n WHEN 1 THEN 'one' WHEN 7 THEN 'seven' END", "seven"),
    ("CASE WHEN n = 0 THEN NULL ELSE amount END", 12.5),
    ("coalesce(no_number, price)", Decimal(7) * 0 + Decimal("19.99")),
    ("greatest(n, amount)", 12.5),
    ("if(nothing IS NULL, 1, 2)", 1),
    # times
    ("day > '2024-01-31'", True),
    ("day = at_time", False),
    ("at_time BETWEEN '2024-02-29' AND '2024-03-01'", True),
    ("day IN ('2024-02-28', '2024-02-29')", True),
    ("day + INTERVAL '1 year'", date(2025, 2, 28)),
    ("day - INTERVAL 1 MONTH", date(2024, 1, 29)),
    ("day + INTERVAL '12 hours'", datetime(2024, 2, 29, 12)),
    ("INTERVAL '1' DAY + at_time", datetime(2024, 3, 1, 23, 30)),
    ("no_day + INTERVAL '1 day'", None),
    ("day - DATE '2024-01-01'", 59),
    ("day + 1", date(2024, 3, 1)),
    ("day - 1", date(2024, 2, 28)),
    ("extract(year FROM day)", 2024),
    ("EXTRACT(isodow FROM day)", 4),
    ("hour(day)", 0),
    ("date_trunc('week', DATE '2024-05-19')", date(2024, 5, 13)),
    ("date_trunc('hour', at_time)", datetime(2024, 2, 29, 23)),
    ("date_diff('year', DATE '2000-05-01', DATE '2024-04-30')", 23),
    ("date_add(at_time, 30, 'minute')", datetime(2024, 3, 1)),
    ("(zoned AT TIME ZONE 'Europe/Berlin')::string", "2024-03-01 00:30:00"),
    ("(at_time AT TIME ZONE 'Europe/Berlin')::string", "2024-02-29 22:30:00+00"),
    ("TIMESTAMPTZ '2024-02-29 23:30:00+01:00' < zoned", True),
    ("DATE'2024-02-29' = day", True),
    # lists
    ("array_length(words)", 3),
    ("array_contains(words, 'b')", True),
    ("array_join(words, '-')", "a-b"),
]

TEXTS = list(
    dict.fromkeys(
        [
            *(text for text, _ in (*EXAMPLES, *VALUES) if text != "-n::string"),
            *(text for function in FUNCTIONS.values() for text in calls(function)),
            *EDGES,
        ]
    )
)
"""What is evaluated on every engine."""
