"""Attacks: each is refused when compiled, and what would touch the outside fails on the engine even when passed raw."""

import duckdb
import pytest

from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.engines.spark_sql import SparkDialect
from module_operators.expressions import ExpressionError, compile_expression
from module_operators.relation import Column, Relation

from .conftest import DIALECT, SOURCE

OUTSIDE = [
    "(SELECT content FROM read_text('/etc/passwd'))",
    "(SELECT count(*) FROM read_csv('/etc/passwd'))",
    "(SELECT count(*) FROM '/etc/passwd')",
    "(SELECT count(*) FROM glob('/etc/*'))",
    "(SELECT count(*) FROM read_blob('/proc/self/environ'))",
    "(SELECT count(*) FROM read_parquet('https://example.com/x.parquet'))",
    "(SELECT count(*) FROM read_json('/etc/hostname'))",
    "EXISTS (SELECT 1 FROM read_text('/etc/passwd'))",
    "n IN (SELECT length(content) FROM read_text('/etc/passwd'))",
    "(FROM read_text('/etc/passwd') SELECT content)",
    "(SELECT content FROM read_text('../../../etc/passwd'))",
    "(SELECT size FROM read_text('/work/main/pyproject.toml'))",
    "(SELECT * FROM query('SELECT content FROM read_text(''/etc/passwd'')'))",
    "(SELECT * FROM query_table('/etc/passwd'))",
    "getenv('HOME')",
    "(SELECT count(*) FROM sniff_csv('/etc/passwd'))",
    "(SELECT count(*) FROM parquet_metadata('/etc/x.parquet'))",
    "(SELECT count(*) FROM duckdb_logs_parsed('/etc/x'))",
    "(SELECT count(*) FROM which_secret('s3://bucket', 's3'))",
    "shell_exec('id')",
    "pg_read_file('/etc/passwd')",
    "load_file('/etc/passwd')",
    "lo_import('/etc/passwd')",
    "reflect('java.lang.Runtime', 'getRuntime')",
    "java_method('java.lang.System', 'getenv')",
    "read_text('/etc/passwd')",
    "try_reflect('java.lang.System', 'exit', 1)",
    "input_file_name()",
    "input_file_block_start()",
    "(SELECT count(*) FROM csv.`/etc/passwd`)",
    "(SELECT count(*) FROM text.`file:///etc/passwd`)",
    "(SELECT TRANSFORM(n) USING 'sh -c id' AS (x))",
    "http_get('http://169.254.169.254/')",
    "load_aws_credentials()",
]
STATEMENTS = [
    "COPY (SELECT 1) TO '/tmp/logidata-attack.csv'",
    "ATTACH '/tmp/logidata-attack.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_external_access = true",
    "EXPORT DATABASE '/tmp/logidata-attack'",
    "CREATE SECRET (TYPE s3)",
    "SET allowed_directories = ['/']",
    "SET python_enable_replacements = true",
    "CREATE TABLE t AS FROM '/etc/passwd'",
    "ADD JAR '/tmp/attack.jar'",
    "CREATE FUNCTION f AS 'Attack' USING JAR '/tmp/attack.jar'",
    "CREATE TABLE t USING csv OPTIONS (path '/etc/passwd')",
    "INSERT OVERWRITE DIRECTORY '/tmp/logidata-attack' USING csv SELECT 1",
    "SET spark.sql.ansi.enabled = false",
    "EXECUTE IMMEDIATE 'SELECT 1'",
]
EXPRESSIONS = [
    # statements and what hides them
    "1; DROP TABLE rows",
    "n > 1; COPY rows TO '/tmp/x'",
    "1;",
    "SELECT 1",
    "SELECT * FROM rows",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "(WITH x AS (SELECT 1) SELECT * FROM x)",
    "VALUES (1)",
    "(VALUES (1))",
    "(TABLE rows)",
    "n > 1 UNION SELECT 1",
    "n > ALL (SELECT 1)",
    "n = ANY (ARRAY[1])",
    "ARRAY(SELECT 1)",
    "n > 1 LIMIT 1",
    "n) FROM rows WHERE (1 = 1",
    "n) AS x, (SELECT 1",
    "n AS x",
    "n, n",
    "(n, n)",
    "ROW(1, 2)",
    "EXPLAIN n",
    # several rows
    "sum(n) > 1",
    "COUNT(*)",
    "count(DISTINCT n)",
    "max(n) OVER ()",
    "row_number() OVER (ORDER BY n)",
    "lower(status) OVER (PARTITION BY n)",
    "lower(status) FILTER (WHERE n > 1)",
    "*",
    "rows.*",
    "* EXCLUDE (n)",
    "COLUMNS('.*')",
    "COLUMNS(*) > 1",
    "unnest([1, 2])",
    "unnest(words)",
    "generate_series(1, 1000000000)",
    "range(1000000000)",
    "string_split_to_rows('a')",
    "explode(words)",
    "posexplode(words)",
    "inline(words)",
    "stack(2, n, n)",
    "sequence(1, 1000000000)",
    "array_repeat(status, 1000000000)",
    # what Spark alone would read
    "transform(words, x -> x || 'a')",
    "aggregate(words, '', (x, y) -> x || y)",
    "from_json(status, 'a INT')",
    "xpath(status, '/a')",
    "raise_error('x')",
    "assert_true(paid)",
    "java_method('java.lang.Runtime', 'getRuntime')",
    "`n` > 1",
    "r'\\' || status",
    "n > 1 /*+ BROADCAST(rows) */",
    "n > {rows}",
    "${env:HOME} = status",
    "session_window(at_time, '1 day')",
    # lambdas, lists, structs, types of the engine
    "list_transform(words, x -> x || 'a')",
    "list_reduce(words, lambda x, y: x || y)",
    "[1, 2, 3]",
    "{'a': 1}",
    "words[1]",
    "MAP {'a': 1}",
    "'[1]'::json",
    "n::hugeint[]",
    "'a'::BLOB",
    "CAST(status AS ENUM('a'))",
    "CAST(n AS STRUCT(a integer))",
    "'rows'::regclass",
    # settings, metadata, state
    "current_setting('memory_limit')",
    "duckdb_settings()",
    "version()",
    "current_user",
    "current_database()",
    "current_catalog()",
    "current_schema()",
    "pg_sleep(100)",
    "sleep(100)",
    "nextval('s')",
    "setseed(0.5)",
    "random()",
    "gen_random_uuid()",
    "txid_current()",
    "error('x')",
    "query('SELECT 1')",
    "getvariable('x')",
    "typeof(n)",
    "main.lower(status)",
    '"lower"(status)',
    "system.main.lower(status)",
    "rows.n > 1",
    "rowid",
    "__logidata_row",
    "write_log('x')",
    "lower(text := status)",
    "lower(text => status)",
    # parameters
    "n > ?",
    "n > $1",
    "n > :name",
    "n > @name",
    "n > ${name}",
    "{{ var.value.secret }}",
    # comments and quotes
    "n > 1 -- AND paid",
    "n > 1 /* AND paid */",
    "n > 1 /*! OR TRUE */",
    "1 --1",
    "n > 1 # comment",
    "'unclosed",
    '"unclosed',
    "'a' 'b'",
    "'a\\' OR TRUE OR ' = status",
    "E'\\x41'",
    "e'\\' || status",
    "U&'\\0041'",
    "x'41'",
    "B'1'",
    "$$text$$",
    "$tag$text$tag$",
    "0x1F",
    "1_000",
    "1e",
    "1e999",
    "N'text'",
    # look-alikes and the invisible
    "n\u00a0> 1",
    "n >\u20031",
    "n\u200b > 1",
    "n >\u20281",
    "\ufeffn > 1",
    "n \u202e> 1",
    "'\u202etxet'",
    "n > 1\0; DROP TABLE rows",
    "'a\0b'",
    "'\ud800'",
    "n ＞ 1",
    "n > １",
    "ｓｅｌｅｃｔ 1",
    "ſelect 1",
    "ｌｏｗｅｒ(status)",
    "lоwer(status)",
    "ſum(n)",
    "ﬂoor(amount)",
    "n ∧ paid",
    "paid ＡＮＤ paid",
    "n\x0c> 1",
    "n\x0b> 1",
    "n\x85> 1",
    "n; –",
    # size, depth, memory
    "(" * 101 + "1" + ")" * 101,
    "(" * 4_000 + "1" + ")" * 4_000,
    "NOT " * 200 + "paid",
    "- " * 500 + "n",
    "lower(" * 101 + "status" + ")" * 101,
    "n" + " + n" * 101,
    "n" + "::bigint" * 101,
    "CASE WHEN paid THEN " * 101 + "1" + " END" * 101,
    " OR ".join(["paid"] * 501),
    " || ".join(["status"] * 501),
    "'" + "a" * 10_000 + "' = status",
    "9" * 5_000,
    "0." + "0" * 5_000 + "1",
    "1e" + "9" * 400,
    "decimal(" + "9" * 5_000 + ")",
    "n::decimal(" + "9" * 4_500 + ",2)",
    "INTERVAL '" + "9" * 4_500 + " days'",
    "repeat('a', 1000000000)",
    "repeat('a', n)",
    "repeat(repeat(repeat(status, 1000), 1000), 1000) = 'a'",
    "lpad(status, 2000000000, 'a')",
    "rpad(status, big, 'a')",
    "replace(" * 4 + "status" + ", 'a', 'aaaaaaaaaa')" * 4,
    "regexp_replace(replace(status, 'a', status), 'a', status)",
    "concat(repeat(status, 1000), repeat(status, 1000))",
    "repeat(status, 1000) || repeat(status, 1000)",
    "sqrt(" * 40 + "n" + ")" * 40,
    "CAST(" * 30 + "status" + " AS date) AS string)" * 15,
    "regexp_matches(status, '(a{1000}){1000}{1000}')",
    "regexp_matches(status, 'a{2000}')",
    "regexp_matches(status, status)",
    "regexp_matches(status, '(?=a)')",
    "regexp_matches(status, '(a)\\1')",
    "format_date(day, '%Q')",
    "at_time AT TIME ZONE '../../etc/passwd'",
    "at_time AT TIME ZONE '/etc/localtime'",
    "date_add(day, 1, 'day; DROP')",
]


@pytest.mark.parametrize("text", [*OUTSIDE, *STATEMENTS, *EXPRESSIONS], ids=lambda text: ascii(text)[:50])
@pytest.mark.parametrize("dialect", [DIALECT, SparkDialect()], ids=lambda dialect: dialect.name)
def test_the_expression_is_refused(text, dialect):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, SOURCE, dialect)
    assert caught.value.line >= 1
    assert caught.value.column >= 1


def test_there_are_enough_attacks():
    assert len({*OUTSIDE, *STATEMENTS, *EXPRESSIONS}) >= 150


@pytest.fixture
def allowed(tmp_path):
    (tmp_path / "allowed").mkdir()
    connection = locked_connection(Limits("256MB", 1), [str(tmp_path / "allowed")])
    yield connection
    connection.close()


@pytest.mark.parametrize("text", OUTSIDE)
def test_even_raw_the_engine_reaches_nothing(text, allowed):
    with pytest.raises(duckdb.Error):
        allowed.execute(f"SELECT {text} FROM (SELECT 1 AS n) AS rows").fetchall()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_even_raw_the_engine_keeps_its_lock(statement, allowed):
    with pytest.raises(duckdb.Error):
        allowed.execute(statement)


def test_a_link_out_of_the_allowed_folder_is_not_followed(tmp_path, allowed):
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n")
    (tmp_path / "allowed" / "link.csv").symlink_to(secret)

    with pytest.raises(duckdb.Error):
        allowed.execute(f"FROM read_csv('{tmp_path / 'allowed' / 'link.csv'}')").fetchall()


@pytest.mark.parametrize("name", ["x\" FROM read_text('/etc/passwd') --", "x'); DROP TABLE rows; --", 'a""b', "/*"])
def test_a_hostile_column_name_is_only_a_name(name, engine):
    quoted = DIALECT.quote(name)
    compiled = compile_expression(f"{quoted} = 'a'", Relation("rows", (Column(name, "string"),)), DIALECT)

    assert engine.execute(f"SELECT {compiled.sql} FROM (SELECT 'a' AS {quoted}) AS rows").fetchone() == (True,)
