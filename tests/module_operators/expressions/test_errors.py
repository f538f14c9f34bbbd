"""What a person reads when an expression is wrong: what, where, and what to do."""

import pytest

from module_operators.expressions import ExpressionError, compile_expression

from .conftest import DIALECT, SOURCE


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("amout > 1", 1, 1, "no column 'amout'", "Did you mean amount?"),
        ("n > 1 AND\n  statu = 'a'", 2, 3, "no column 'statu'", "Did you mean Status?"),
        ('"odd name" = 1', 1, 1, "no column 'odd name'", '"odd ""name"""'),
        ('Status = "aktiv ist"', 1, 10, "no column", "single quotes"),
        ("lowr(status)", 1, 1, "no function lowr()", "lower()"),
        ("n + status", 1, 5, "'+' needs numbers", "||"),
        ("status > 1", 1, 8, "Cannot compare string with integer", "CAST"),
        ("n = '5'", 1, 3, "Cannot compare integer with string", "without quotes"),
        ("day = 5", 1, 5, "Cannot compare date with integer", "CAST"),
        ("day > 'soon'", 1, 7, "'soon' is not a date or time", "2024-01-31"),
        ("n = NULL", 1, 5, "Nothing is equal to NULL", "IS NULL"),
        ("n IN (1, NULL)", 1, 10, "Nothing is equal to NULL", "IS NULL"),
        ("n AND paid", 1, 1, "AND needs a condition", "x > 0"),
        ("CAST(day AS integer)", 1, 1, "Type date cannot be cast to integer", "date_part"),
        ("CAST(n AS money)", 1, 11, "'money' is not a type", "decimal(p,s)"),
        ("n::decimal(50,2)", 1, 4, "'decimal(50,2)' is not a type", "decimal"),
        ("end > 1", 1, 1, "keyword END", '"end"'),
        ("sum(n) > 1", 1, 1, "works on many rows", "Aggregate"),
        ("n >", 1, 4, "ends too early", None),
        ("(n > 1", 1, 7, "ends too early; ) is missing", None),
        ("EXTRACT(", 1, 9, "ends too early; FROM is missing", None),
        ("n > 1)", 1, 6, "')' is not expected", None),
        ("", 1, 1, "empty", None),
        ("   ", 1, 4, "empty", None),
        ("1 < n < 3", 1, 7, "chained", "AND"),
        ("at_time - at_time", 1, 9, "does not work on timestamp and timestamp", "date_diff"),
        ("INTERVAL '1 day'", 1, 1, "interval", "date"),
        ("INTERVAL 'a while'", 1, 1, "not an interval", "30 days"),
        ("NULL", 1, 1, "has no type", "CAST"),
        ("lower(n)", 1, 7, "lower() needs text", "CAST"),
        ("lower()", 1, 1, "does not take 0", "lower(text)"),
        ("date_trunc('fortnight', day)", 1, 12, "one of year", "date_trunc"),
        ("regexp_matches(status, '(')", 1, 24, "regular expression", None),
        ("at_time AT TIME ZONE 'Berlin'", 1, 22, "no such time zone", "Europe/Berlin"),
        ("CASE WHEN n THEN 1 END", 1, 11, "WHEN needs a condition", "x > 0"),
        ("CASE WHEN paid THEN 1 ELSE 'a' END", 1, 1, "Cannot choose between", "without quotes"),
        ("words > words", 1, 7, "neither less nor greater", None),
        ("a == b", 1, 4, "'=' is not expected", None),
        ("‘active’ = status", 1, 1, "has no place", "straight quotes"),
    ],
)
def test_the_message_says_what_where_and_what_to_do(text, line, column, message, hint):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, SOURCE, DIALECT)

    assert (caught.value.place.line, caught.value.place.column) == (line, column)
    assert message in caught.value.message
    assert (hint or "") in (caught.value.hint or "")
