"""Both modules as tasks: from one table to another, through the operators' own `work`."""

from __future__ import annotations

from module_operators.extractors.mysql import MysqlExtractor
from module_operators.loaders.mysql import MysqlLoader


def test_rows_go_from_table_to_table(connected_run, shop):
    shop.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, amount decimal(10,2), note text)",
        "INSERT INTO orders VALUES (1, 1.50, 'é'), (2, NULL, NULL)",
    )
    read, write = connected_run("read"), connected_run("write")
    source = {"connection_id": "shop", "query": "SELECT * FROM orders ORDER BY id"}
    target = {"connection_id": "shop", "table_name": "copied", "if_exists": "fail"}
    extractor = MysqlExtractor(task_id="read", node_id="read", config=source)

    extracted = extractor.work(MysqlExtractor.options(source), read)
    loader = MysqlLoader(task_id="write", node_id="write", config=target, inputs={"input": [extracted]})
    outcome = loader.work(MysqlLoader.options(target), write)

    assert (extracted["rows_out"], outcome["rows_in"]) == (2, 2)
    assert shop.sql("SELECT * FROM copied") == shop.sql("SELECT * FROM orders")
