"""What the extractor reads by a query."""

from module_operators.extractors.mysql import MysqlExtractor
from module_operators.relation import Plan

from ..conftest import fetch


def extracted(run, query, limit=None, **options):
    """Types and rows of what the extractor reads; `schema()` must say the same columns."""
    config = MysqlExtractor.Config(connection_id="shop", query=query, limit=limit, **options)
    answer = MysqlExtractor.extract(config, run)
    plan = Plan((run.step(answer.query),))
    assert MysqlExtractor.schema(config, run) == plan.result.columns
    columns, rows = fetch(run, plan)
    assert answer.rows == len(rows)
    return [kind for _, kind in columns], rows
