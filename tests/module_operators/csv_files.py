"""CSV files in a run's file store, and what the extractor reads of them."""

from module_operators.base import Extracted
from module_operators.extractors.csv import CsvExtractor, CsvExtractorConfig
from module_operators.relation import Plan

from .conftest import fetch


def read(run, **config):
    """What schema() said, and the columns and rows that extract() yields; both must agree."""
    parsed = CsvExtractorConfig.model_validate(config)
    schema = CsvExtractor.schema(parsed, run)
    extracted: Extracted = CsvExtractor.extract(parsed, run)
    columns, rows = fetch(run, Plan((run.step(extracted.query),), extracted.files))
    assert columns == [(column.name, column.type) for column in schema]
    return columns, rows


def put(run, content: bytes | str, name: str = "data.csv", encoding: str = "utf-8"):
    """A file of the store; its path."""
    path = run.files.local_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path
