"""Where a query's parameters are, as PostgreSQL itself sees it."""

import pytest

from module_operators.connections.postgres_query import NotOneSelect, PostgresQuery


@pytest.mark.parametrize(
    ("sql", "numbered"),
    [
        ("SELECT :a, :b, :a", "SELECT $1, $2, $1"),
        ("SELECT ':a', \":b\", E'\\':c', U&'\\0041:d', 'it''s :e'", None),
        ("SELECT $$:a$$, $x$ $$ :b $x$", None),
        ("SELECT 1 -- :a\n, /* :b /* :c */ :d */ 2", None),
        ("SELECT x::int, x::text[] FROM t", None),
        ("SELECT :a::date", "SELECT $1::date"),
        ("SELECT a[1:n], a[:n], a[lo:hi][:m] FROM t", None),
        ("SELECT a[(:n)], ARRAY[:x, :y], ARRAY[[:x], [:y]]", "SELECT a[($1)], ARRAY[$2, $3], ARRAY[[$2], [$3]]"),
        ("SELECT a[ARRAY[:x][1]] FROM t", "SELECT a[ARRAY[$1][1]] FROM t"),
        ("SELECT note':a' , a$b$c, 1 FROM t", None),
        ("SELECT :größe", "SELECT $1"),
        ("(SELECT 1) UNION SELECT :a", "(SELECT 1) UNION SELECT $1"),
        ("WITH x AS (SELECT :a) SELECT * FROM x; -- done\n ;", "WITH x AS (SELECT $1) SELECT * FROM x"),
    ],
)
def test_parameters_are_found_where_they_are(sql, numbered):
    assert PostgresQuery.parsed(sql).numbered == (sql if numbered is None else numbered)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1; DROP TABLE t", "several statements"),
        ("DELETE FROM t", "must be a SELECT"),
        ("EXPLAIN SELECT 1", "must be a SELECT"),
        ("  -- nothing", "must be a SELECT"),
        ("SELECT 'open", "never closed"),
        ('SELECT "open', "never closed"),
        ("SELECT /* /* */ 1", "never closed"),
        ("SELECT $1", "write parameters as :name"),
        ("SELECT 'a\0b'", "NUL"),
    ],
)
def test_what_is_not_one_select_is_refused(sql, message):
    with pytest.raises(NotOneSelect, match=message):
        PostgresQuery.parsed(sql)


def test_a_semicolon_inside_text_is_no_end():
    assert PostgresQuery.parsed("SELECT ';', $$;$$ /* ; */").parameters == ()
