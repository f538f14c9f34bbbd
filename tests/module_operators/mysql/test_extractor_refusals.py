"""What a real MariaDB refuses, and what is refused before it is asked: said plainly, at its place, in time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from module_operators.extractors.mysql import MysqlExtractor
from module_operators.problems import InvalidNode, ModuleError, SourceError
from module_operators.text_place import Place
from stack.ports import free_port

from .reading import extracted


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nothing_here", r"Table '.*nothing_here' doesn't exist"),
        ("SELECT * FORM t", "syntax"),
        ("SELECT 1 AS a INTO OUTFILE '/tmp/x'", "syntax|INTO"),
        ("SELECT 1) AS q; DROP TABLE orders; SELECT (1", "several statements"),
        ("SELECT 1 AS a) AS q WHERE 1 = 1 UNION SELECT (1", "bracket is closed"),
        ("SELECT (1 AS a", "bracket is opened"),
        ("SELECT emptied() AS e", "may only read"),
        ("SELECT /*! 1, */ 2 AS a", "server executes"),
        ("SELECT * FROM missing.t", "missing"),
    ],
)
def test_what_is_refused_is_said_plainly(connected_run, shop, query, message):
    shop.sql(
        "CREATE TABLE orders AS SELECT 1 AS id",
        "CREATE FUNCTION emptied() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM orders; RETURN 1; END",
    )
    with pytest.raises((ModuleError, ValidationError), match=message):
        extracted(connected_run(), query)
    assert shop.value("SELECT count(*) FROM orders") == 1


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT :since AS a,\n  '🙂' AS b, amont FROM orders", Place(2, 13, 5)),
        ("SELECT 'nothing_here' AS a FROM `nothing_here`", Place(1, 33, 14)),
        ("SELECT :since AS a,\n * FORM t\nLIMIT 2 -- all", Place(2, 2, 1)),
        ("SELECT * FROM orders WHERE", Place(1, 27, 0)),
    ],
)
def test_what_the_server_refuses_is_told_at_its_place_in_the_query(connected_run, shop, query, place):
    shop.sql("CREATE TABLE orders AS SELECT 1 AS id")
    with pytest.raises(SourceError) as refused:
        extracted(connected_run(params={"since": "2024-01-01"}), query)
    assert (refused.value.place, refused.value.option) == (place, "query")


def test_columns_that_share_a_name_and_missing_parameters_are_problems(connected_run):
    with pytest.raises(InvalidNode, match="Two columns are named 'a'"):
        extracted(connected_run(), "SELECT 1 AS a, 2 AS a")
    with pytest.raises(InvalidNode, match="no parameter 'nobody'"):
        extracted(connected_run(), "SELECT :nobody AS a")
    config = MysqlExtractor.Config(connection_id="shop", query="SELECT 1 AS a, :nobody AS b")
    assert [c.name for c in MysqlExtractor.schema(config, connected_run())] == ["a", "b"]


def test_an_error_in_the_middle_of_the_rows_is_the_servers(connected_run):
    query = "SELECT if(seq = 500000, (SELECT seq FROM seq_1_to_2), seq) AS v FROM seq_1_to_1000000"
    with pytest.raises(SourceError, match=r"^MySQL: Subquery returns more than 1 row\.$"):
        extracted(connected_run(), query)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"password": "s3cr3t/@:%"}, "Cannot connect.*Access denied.*Check login"),
        ({"schema": "nowhere"}, "Cannot connect.*nowhere"),
        ({"port": None}, "Cannot connect.*Is the server running"),
        ({"extra": '{"ssl_mode": "REQUIRED"}'}, "SSL|ssl"),
        ({"extra": '{"ssl_mode": "SOMETIMES"}'}, "is not one of"),
    ],
)
def test_a_server_that_cannot_be_reached_says_why_and_no_password(make_run, shop, changes, message):
    if changes.get("port", 1) is None:
        changes["port"] = free_port()
    run = make_run(connections={"shop": shop.connection(**changes)})
    with pytest.raises(SourceError, match=message) as caught:
        extracted(run, "SELECT 1 AS a")
    assert "s3cr3t" not in str(caught.value)


def test_a_check_ends_within_its_time(connected_run, shop):
    run = replace(connected_run(), time_limit=1.0)
    shop.sql("CREATE TABLE t (a int)")
    with shop.open() as holder:
        holder.cursor().execute("LOCK TABLES t WRITE")
        config = MysqlExtractor.Config(connection_id="shop", query="SELECT * FROM t")
        with pytest.raises(SourceError):
            MysqlExtractor.schema(config, run)
