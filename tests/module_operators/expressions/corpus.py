# ruff: noqa: DTZ001 - timestamps without a zone are what is tested
"""Expressions that every engine must read alike: with their values, and a call of each function with each type."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import product

from module_operators.expressions import FUNCTIONS, Function

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

_ODD_TEXTS = [
    "",
    "a",
    "Berlin",
    "naïve 👍🏽 e\u0301",
    "a,b,,c",
    "x" * 30,
    " \t pad \n",
    "50%_\\",
    "$1 ${x}",
    "it's",
    "ÄÖÜß",
]
_PATTERNS = [
    "[a-c]+",
    "^[^,]*$",
    "b*",
    "(.)(.)",
    "\\\\d+",
    "\\\\.$",
    "(?i)BERLIN",
    "[[a]",
    "[a&&b]",
    "\\\\s",
    "(?m)^a$",
    ".",
    "a|",
    "[]a]",
    "$",
]
_FLOATS = ["0.0", "-0.5", "2.5", "-2.5", "0.285", "-1.5e-7", "1e308", "123456789.125"]
_DAYS = ["2024-01-31", "2024-02-29", "2023-02-28", "1969-12-31", "0001-01-01", "9999-12-31", "2024-12-30", "2021-01-03"]
_TIMES = [
    "2024-01-31 10:00:00",
    "2024-02-29 09:59:59.999999",
    "1969-12-31 23:59:59.5",
    "2024-03-31 02:30:00",
    "2024-10-27 02:30:00",
]
_NUMBER_TEXTS = [
    "1",
    "+7",
    "-0",
    "3.7",
    "1e3",
    "1E-2",
    "1e999",
    "1e-999",
    ".5",
    "5.",
    "nan",
    "-NaN",
    "+inf",
    "Infinity",
    "infx",
    "0x1",
    "1_0",
    " 9 ",
    "９",
    "1d",
    "12345678901234567890",
    "0.285",
    "99999999.995",
    "1e400",
]
_MOMENT_TEXTS = [
    "2024-02-29",
    "2023-02-29",
    "2024-2-9",
    "2024-02-29T10:00",
    "2024-02-29 1:00:00",
    "2024-02-29 10:00:00.1234567",
    "2024-02-29 10:00:00.9999999",
    "2024-02-29 24:00:00",
    "2024-02-29 10:00:60",
    "2024-02-29 10:00:00Z",
    "2024-02-29 10:00:00 +02",
    "2024-02-29 10:00:00+0530",
    "2024-02-29 10:00:00-17:59",
    "2024-02-29 10:00:00+18:00",
    "2024-02-29T10:00:00 Z",
    "0000-01-01",
    "epoch",
    "now",
    "2024-02-29 10:00:00 Europe/Berlin",
    "10:00:00",
]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _edges() -> Iterator[str]:
    texts = [_quoted(text) for text in _ODD_TEXTS]
    for text in texts:
        yield from (
            f"{name}({text})" for name in ("lower", "upper", "trim", "ltrim", "rtrim", "length", "md5", "sha256")
        )
        yield from (
            f"substring({text}, {start}, {count})" for start in (-9, -2, 0, 1, 3, 90) for count in (-2, 0, 2, 90)
        )
        yield from (f"substring({text}, {start})" for start in (-9, 0, 3))
        yield f"substring({text}, n - 9, n - 4)"
        yield from (f"{name}({text}, {count})" for name in ("left", "right") for count in (-1, 0, 2, "n"))
        yield from (f"split_part({text}, {by}, {place})" for by in ("','", "''", "'b,'") for place in (-2, 1, 3))
        yield from (
            f"{name}({text}, {part})"
            for name in ("contains", "starts_with", "strpos")
            for part in ("''", "'a'", "'\\'")
        )
        yield from (f"replace({text}, {part}, '$\\1')" for part in ("''", "'a'", "'$'"))
        yield from (
            f"{text} LIKE {pattern}"
            for pattern in ("'%a%'", r"'50\%'", r"'50%\_'", "'50!%!_' ESCAPE '!'", "'_' || '%'", "status || '%'")
        )
        yield from (f"{text} ILIKE {pattern}" for pattern in ("'BER%'", "'äöü_'"))
        yield f"{text} LIKE '%' || status || '!%' ESCAPE '!'"
        for pattern in _PATTERNS:
            yield f"regexp_matches({text}, {_quoted(pattern)})"
            yield f"regexp_extract({text}, {_quoted(pattern)})"
            if pattern not in {"b*", "a|"}:  # what replaces nothing at all differs: docs/decisions/spark.md
                yield f"regexp_replace({text}, {_quoted(pattern)}, '<\\0>$1\\\\')"
        yield f"regexp_replace({text}, 'a', status || '$1')"
        yield f"lpad({text}, 5, '*-')"
        yield f"rpad({text}, 2, '')"
    for number in (*(f"CAST({number} AS float)" for number in _FLOATS), "nan", "amount"):
        yield from (
            f"{name}({number})" for name in ("floor", "ceil", "trunc", "round", "sign", "abs", "exp", "sqrt", "ln")
        )
        yield from (f"round({number}, {digits})" for digits in (-3, -1, 1, 2, 10))
        yield from (
            f"TRY_CAST({number} AS {kind})"
            for kind in ("integer", "bigint", "decimal(10,2)", "decimal(38,10)", "decimal(4,0)", "string")
        )
        yield from (
            f"{number} {operator} {other}"
            for operator in ("=", "<", ">", "%", "/")
            for other in ("nan", "0", "n", "price")
        )
    for number in ("12.345", "-12.345", "99.995", "0.5", "price", "n", "big", "-9223372036854775807"):
        yield from (f"round({number}, {digits})" for digits in (-1, 0, 1, 2))
        yield from (
            f"TRY_CAST({number} AS {kind})"
            for kind in ("integer", "bigint", "decimal(4,2)", "decimal(38,3)", "float", "string")
        )
        yield from (
            f"{number} {operator} {other}" for operator in "+-*/%" for other in ("price", "2", "0.001", "-3", "amount")
        )
        yield from (f"mod({number}, 3)", f"abs({number})", f"greatest({number}, price, 3)", f"least({number}, nan, 1)")
    for text in (*_NUMBER_TEXTS, *_ODD_TEXTS[:4]):
        yield from (
            f"TRY_CAST({_quoted(text)} AS {kind})"
            for kind in ("integer", "bigint", "float", "boolean", "decimal(10,2)", "decimal(38,0)")
        )
    for text in _MOMENT_TEXTS:
        yield from (f"TRY_CAST({_quoted(text)} AS {kind})" for kind in ("date", "timestamp", "timestamptz"))
    moments = [*(f"DATE '{day}'" for day in _DAYS), *(f"TIMESTAMP '{time}'" for time in _TIMES), "zoned", "no_day"]
    units = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
    for moment in moments:
        yield from (f"date_part('{part}', {moment})" for part in (*units, "weekday"))
        yield from (f"date_trunc('{unit}', {moment})" for unit in units)
        yield from (
            f"date_add({moment}, {amount}, '{unit}')"
            for unit in units
            for amount in (-1, 13, "n")
            if "9999" not in moment and "0001" not in moment
        )
        yield from (f"date_diff('{unit}', {moment}, {other})" for unit in units for other in moments)
        yield from (f"CAST({moment} AS {kind})" for kind in ("date", "timestamp", "timestamptz", "string"))
        yield from (
            f"epoch({moment})",
            f"last_day({moment})",
            f"format_date({moment}, '%Y-%m-%d ''%%'' %H:%M:%S %y %j %B %b %A %a T')",
        )
        yield f"{moment} + INTERVAL '1 month 2 days 3 hours'" if "9999" not in moment else "1"
        yield from (f"{moment} {operator} {other}" for operator in ("<", "=") for other in ("day", "at_time", "zoned"))
    for time in _TIMES:
        yield from (
            f"TIMESTAMP '{time}' AT TIME ZONE '{zone}'"
            for zone in ("Europe/Berlin", "Asia/Kolkata", "UTC", "America/New_York")
        )
        yield from (
            f"TIMESTAMPTZ '{time}+00' AT TIME ZONE '{zone}'"
            for zone in ("Europe/Berlin", "Asia/Kolkata", "America/New_York")
        )
    yield from (f"from_epoch({seconds})" for seconds in ("0", "1.0000005", "-1.5", "1e9", "86400.999999"))
    yield from (f"array_contains(words, {value})" for value in ("'a'", "'x'", "nothing"))
    yield from ("array_join(words, ', ')", "CAST(words AS string)", "array_length(words)", "words = words")


EDGES = list(dict.fromkeys(_edges()))
"""Where engines differ by themselves."""

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
