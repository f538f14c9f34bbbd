"""Reading from a real MariaDB: types, parameters, order, and the same over TLS."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from module_operators.connections.mysql_query import MysqlQuery, literal
from module_operators.extractors.mysql import MysqlExtractor
from module_operators.problems import SourceError

from .reading import extracted
from .server import MariaDB, Shop

VALUES = [
    ("tinyint(1)", "1", "boolean", True),
    ("bool", "0", "boolean", False),
    ("tinyint", "-128", "integer", -128),
    ("tinyint unsigned", "255", "integer", 255),
    ("smallint unsigned", "65535", "integer", 65535),
    ("mediumint", "-8388608", "integer", -8388608),
    ("int", "-2147483648", "integer", -2147483648),
    ("int unsigned", "4294967295", "bigint", 4294967295),
    ("bigint", "-9223372036854775808", "bigint", -9223372036854775808),
    ("bigint unsigned", "18446744073709551615", "decimal(20,0)", Decimal(18446744073709551615)),
    ("decimal(10,2)", "-1.50", "decimal(10,2)", Decimal("-1.50")),
    ("decimal(38,10)", "1234567890123456789012345678.0123456789", "decimal(38,10)", "="),
    ("decimal(65,0)", "99999999999999999999999999999999999999", "decimal(38,0)", "="),
    ("decimal(5,5) unsigned", "0.00012", "decimal(5,5)", "="),
    ("float", "1.5", "float", 1.5),
    ("double", "0.1", "float", 0.1),
    ("bit(1)", "b'1'", "boolean", True),
    ("bit(8)", "b'10000001'", "bigint", 129),
    ("bit(64)", "~0", "decimal(20,0)", Decimal(18446744073709551615)),
    ("date", "'2024-02-29'", "date", date(2024, 2, 29)),
    ("date", "'9999-12-31'", "date", date(9999, 12, 31)),
    ("datetime(6)", "'2024-01-01 12:00:00.123456'", "timestamp", datetime(2024, 1, 1, 12, 0, 0, 123456)),  # noqa: DTZ001
    ("timestamp(3) NULL", "'2024-01-01 12:00:00.5'", "timestamptz", datetime(2024, 1, 1, 12, 0, 0, 500000, UTC)),
    ("year", "2024", "integer", 2024),
    ("char(4)", "'ab'", "string", "ab"),
    ("varchar(20) CHARACTER SET latin1", "'é'", "string", "é"),
    ("longtext", "repeat('ü🦆', 100000)", "string", "ü🦆" * 100000),
    ("enum('sad', 'happy')", "'happy'", "string", "happy"),
    ("set('a', 'b')", "'a,b'", "string", "a,b"),
    ("json", "'{\"a\": 1}'", "string", '{"a": 1}'),
    ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "string", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("inet6", "'::1'", "string", "::1"),
    ("varbinary(4)", "X'00ff'", "binary", b"\x00\xff"),
    ("blob", "''", "binary", b""),
    ("point", "POINT(1, 2)", "string", "POINT(1 2)"),
]


def check_values(run, shop):
    """Each type's value and null, as its own column of one table."""
    columns = ", ".join(f"c{index} {kind}" for index, (kind, *_) in enumerate(VALUES))
    values = ", ".join(value for _, value, *_ in VALUES)
    shop.sql(
        f"CREATE TABLE v ({columns})",
        f"INSERT INTO v VALUES ({values})",
        f"INSERT INTO v VALUES ({', '.join(['NULL'] * len(VALUES))})",
    )

    kinds, (row, nulls) = extracted(run, "SELECT * FROM v")

    assert kinds == [logical for _, _, logical, _ in VALUES]
    expected = [Decimal(value) if wanted == "=" else wanted for _, value, _, wanted in VALUES]
    assert list(row) == expected
    assert set(nulls) == {None}


def test_values_keep_their_type_and_every_digit(connected_run, shop):
    check_values(connected_run(), shop)


def test_times_of_day(connected_run, shop):
    shop.sql("CREATE TABLE t (v time(6))", "INSERT INTO t VALUES ('23:59:59.5')")
    kinds, rows = extracted(connected_run(), "SELECT v FROM t")
    assert (kinds, str(rows[0][0])) == (["time"], "23:59:59.500000")


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("time", "'838:59:59'", "Column 'v' holds 838:59:59, which is no time of day"),
        ("time", "'-01:00:00'", "Column 'v' holds -01:00:00, which is no time of day"),
        ("date", "'0000-00-00'", "Column 'v' holds 0000-00-00, which is no date"),
        ("datetime", "'2024-00-00'", "Column 'v' holds 2024-00-00 00:00:00, which is no date"),
        ("tinyint(1)", "2", "Column 'v' holds 2, and tinyint\\(1\\) is a boolean"),
        ("decimal(65,0)", f"1{'0' * 40}", "Column 'v' holds 1000.*decimal\\(38,0\\) cannot hold"),
    ],
)
def test_what_a_type_cannot_hold_stops_the_run_by_name(connected_run, shop, kind, value, message):
    shop.sql("SET sql_mode = ''", f"CREATE TABLE t (v {kind})", f"INSERT INTO t VALUES ({value})")
    with pytest.raises(SourceError, match=message):
        extracted(connected_run(), "SELECT v FROM t")


def test_zero_dates_can_be_null(connected_run, shop):
    shop.sql(
        "CREATE TABLE t (d date, at datetime)",
        "SET sql_mode = ''",
        "INSERT INTO t VALUES ('0000-00-00', '2024-00-00'), ('2024-01-00', '2024-01-01')",
    )
    _, rows = extracted(connected_run(), "SELECT * FROM t", zero_dates="null")
    assert rows == [(None, None), (None, datetime(2024, 1, 1))]  # noqa: DTZ001


def test_computed_columns_have_types(connected_run):
    kinds, rows = extracted(
        connected_run(),
        "SELECT 1 + 1 AS a, 2.5 AS b, count(*) AS c, sum(1) AS d, now() > '2000-01-01' AS e, NULL AS f, 'x' AS `g {0}'`"
        " FROM (SELECT 1) AS t",
    )
    assert kinds == ["integer", "decimal(2,1)", "bigint", "decimal(23,0)", "integer", "string", "string"]
    assert rows == [(2, Decimal("2.5"), 1, 1, 1, None, "x")]


def test_parameters_are_values_whatever_they_hold(connected_run, shop):
    shop.sql("CREATE TABLE t (v varchar(50) COLLATE utf8mb4_unicode_ci)", "INSERT INTO t VALUES ('a'), ('é🦆'), (NULL)")
    name = "x'; DROP TABLE t; -- \\' \" ` é🦆 :n"
    run = connected_run(
        params={
            "day": "2024-03-01",
            "n": 2,
            "name": name,
            "ids": [1, 5],
            "none": None,
            "ratio": 0.1,
            "yes": True,
            "duck": "é🦆",
            "empty": "",
            "no_ids": [],
            "doc": {"a": [1]},
        }
    )

    kinds, rows = extracted(
        run,
        "SELECT DATE'2024-02-29' < :day AS later, :name AS name, 5 IN :ids AS found, :none IS NULL AS none, :ratio + 0"
        " AS ratio, :yes AS yes, ':name' AS kept, \":n\" AS quoted, (SELECT count(*) FROM t WHERE v = :duck) AS ducks,"
        " :empty AS empty, 1 IN :no_ids AS nowhere, json_value(:doc, '$.a[0]') AS doc # :comment\n"
        " FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS s -- :comment\n /* :comment */ LIMIT :n",
    )

    assert kinds[1] == "string"
    assert rows == [(1, name, 1, 1, 0.1, 1, ":name", ":n", 1, "", None, "1")] * 2


@pytest.mark.parametrize("since", [datetime(2024, 1, 14, 21, 19, tzinfo=UTC), "2024-01-14 21:19:00"])
def test_an_index_serves_a_parameter(connected_run, shop, since):
    shop.sql(
        "CREATE TABLE t (at datetime, name varchar(20) COLLATE utf8mb4_unicode_ci, KEY (at), KEY (name))",
        "INSERT INTO t SELECT '2024-01-01' + INTERVAL seq MINUTE, seq FROM seq_1_to_20000",
        "ANALYZE TABLE t",
    )
    run = connected_run(params={"since": since, "name": "7"})

    _, rows = extracted(run, "SELECT at FROM t WHERE at > :since")

    assert len(rows) == 20000 - 13 * 1440 - 21 * 60 - 19
    for query, key in (("SELECT at FROM t WHERE at > :since", "at"), ("SELECT name FROM t WHERE name = :name", "name")):
        sql = MysqlQuery.parsed(query).written(lambda name: literal(run.params[name]))
        assert {row[5] for row in shop.sql(f"EXPLAIN SELECT * FROM ({sql}) AS q")} == {key}


def test_the_queries_own_order_is_kept(connected_run, shop):
    shop.sql("CREATE TABLE t (a int, b int)", "INSERT INTO t SELECT seq, seq * 7919 % 50000 FROM seq_1_to_50000")
    for query in (
        "SELECT b FROM t ORDER BY b DESC",
        "SELECT b FROM t ORDER BY b DESC LIMIT 1000",
        "WITH x AS (SELECT b FROM t) SELECT b FROM x ORDER BY b DESC -- done",
        "SELECT b FROM t WHERE b < 10 UNION ALL SELECT b FROM t WHERE b > 100 ORDER BY b DESC;",
    ):
        _, rows = extracted(connected_run(run_id=query[:40]), query)
        values = [row[0] for row in rows]
        assert values == sorted(values, reverse=True)
        assert len(values) >= 1000


def test_the_incremental_preset_reads_all_at_first_then_what_changed(connected_run, shop):
    shop.sql(
        "CREATE TABLE my_table (id int, updated_at datetime)",
        "INSERT INTO my_table VALUES (1, '2024-01-01'), (2, '2024-06-01')",
    )
    query = next(preset for preset in MysqlExtractor.presets if preset.name == "incremental-load").config["query"]

    first = extracted(connected_run(params={"last_run_date": None}), query)
    later = extracted(connected_run(params={"last_run_date": datetime(2024, 3, 1, tzinfo=UTC)}, run_id="2"), query)

    assert ([row[0] for row in first[1]], [row[0] for row in later[1]]) == ([1, 2], [2])


def test_every_preset_is_a_query_that_runs(connected_run, shop):
    shop.sql("CREATE TABLE my_table (id int, created_at date, updated_at datetime)")
    run = connected_run(params={"last_run_date": None, "start_date": date(2024, 1, 1), "end_date": "2024-12-31"})
    for preset in MysqlExtractor.presets:
        assert extracted(run, **preset.config) == (["integer", "date", "timestamp"], [])


def test_the_limit_is_a_limit(connected_run):
    _, rows = extracted(connected_run(), "SELECT seq FROM seq_1_to_1000", limit=10)
    assert len(rows) == 10


@pytest.fixture(scope="module")
def tls_server():
    folder = Path(tempfile.mkdtemp(prefix="mariadb-tls-"))
    folder.chmod(0o755)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    (folder / "server.key").chmod(0o644)
    server = MariaDB(tls=folder)
    try:
        server.start()
        Shop(server, "mysql").sql("CREATE DATABASE shop", "GRANT ALL ON *.* TO tester REQUIRE SSL")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_over_tls_the_same_values_arrive_encrypted(make_run, tls_server):
    shop = Shop(tls_server, "shop")
    verified = f'{{"ssl_mode": "VERIFY_IDENTITY", "ssl": {{"ca": "{tls_server.tls}/ca.pem"}}}}'
    run = make_run(connections={"shop": shop.connection(extra=verified)})

    check_values(run, shop)
    cipher = "SELECT VARIABLE_VALUE AS v FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'"
    assert extracted(run, cipher)[1][0][0].startswith("TLS_")
    run = make_run(connections={"shop": shop.connection()}, run_id="preferred")
    assert extracted(run, cipher)[1][0][0].startswith("TLS_")
    with pytest.raises(SourceError, match="Subquery returns more than 1 row"):
        extracted(run, "SELECT if(seq = 50000, (SELECT seq FROM seq_1_to_2), seq) AS v FROM seq_1_to_100000")


def test_a_server_of_another_authority_is_refused(make_run, tls_server):
    shop = Shop(tls_server, "shop")
    run = make_run(connections={"shop": shop.connection(extra='{"ssl_mode": "VERIFY_CA"}')})
    with pytest.raises(SourceError, match=r"Cannot connect.*CERTIFICATE_VERIFY_FAILED"):
        extracted(run, "SELECT 1 AS a")
    run = make_run(connections={"shop": shop.connection(extra='{"ssl_mode": "DISABLED"}')})
    with pytest.raises(SourceError, match="Cannot connect"):
        extracted(run, "SELECT 1 AS a")
