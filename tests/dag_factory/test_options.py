"""Options that do not fit their module's schema, in words that a person can act on."""

from typing import Any

import pytest

from dag_factory.catalog import Catalog
from dag_factory.validate import validate
from tests.dag_factory.pipelines import node, parsed, pipeline


def option(catalog: Catalog, module: str, **config: Any) -> list[tuple[str, str | None, str, str | None]]:
    """The problems of one node's options."""
    problems = validate(parsed(pipeline([node("n", module, "Node", **config)], [])), catalog)
    return [(each.code, each.path, each.message, each.hint) for each in problems if each.path and each.node_id]


@pytest.mark.parametrize(
    ("module", "config", "code", "path", "message", "hint"),
    [
        (
            "csv-extractor",
            {},
            "option-missing",
            "/file_path",
            "“file_path” is missing.",
            "Where the file is, relative to the file store.",
        ),
        (
            "csv-loader",
            {"file_path": "x", "file_pth": 1},
            "unknown-option",
            "/file_pth",
            "CSV file has no option “file_pth”.",
            "Did you mean “file_path”?",
        ),
        (
            "csv-loader",
            {"file_path": 3},
            "bad-option",
            "/file_path",
            "“file_path” must be text, not the number 3.",
            None,
        ),
        ("csv-loader", {"file_path": ""}, "bad-option", "/file_path", "“file_path” must not be empty.", None),
        (
            "csv-extractor",
            {"file_path": "x", "skip_rows": -1},
            "bad-option",
            "/skip_rows",
            "“skip_rows” must be at least 0, not -1.",
            None,
        ),
        (
            "csv-extractor",
            {"file_path": "x", "limit": "ten"},
            "bad-option",
            "/limit",
            "“limit” must be a whole number or empty, not text.",
            None,
        ),
        (
            "csv-extractor",
            {"file_path": "x", "limit": 0},
            "bad-option",
            "/limit",
            "“limit” must be at least 1, not 0.",
            None,
        ),
        (
            "csv-extractor",
            {"file_path": "x", "delimiter": "x"},
            "bad-option",
            "/delimiter",
            "“delimiter” must be one of “,”, “;”, “\\t”, “|”, not “x”.",
            None,
        ),
        (
            "csv-extractor",
            {"file_path": "x", "has_header": "yes"},
            "bad-option",
            "/has_header",
            "“has_header” must be true or false, not text.",
            None,
        ),
        (
            "join-transformer",
            {"join_type": "outr", "left_on": ["a"]},
            "bad-option",
            "/join_type",
            "“join_type” must be one of “inner”, “left”, “right”, “outer”, not “outr”.",
            "Did you mean “outer”?",
        ),
        (
            "join-transformer",
            {"join_type": "left", "left_on": ["a", "a"]},
            "bad-option",
            "/left_on",
            "“left_on” names something twice.",
            "Remove the repetition.",
        ),
        (
            "join-transformer",
            {"join_type": "left", "left_on": ["a", 1]},
            "bad-option",
            "/left_on/1",
            "“left_on[1]” must be text, not the number 1.",
            None,
        ),
        (
            "union-transformer",
            {"rules": [{"rule": "min", "column": "a"}]},
            "option-missing",
            "/rules/0/value",
            "“rules[0].value” is missing.",
            "Fill it in.",
        ),
        (
            "union-transformer",
            {"rules": [{"rule": "mim", "column": "a", "value": 1}]},
            "bad-option",
            "/rules/0/rule",
            "“rules[0].rule” must be one of “min”, “regex”, not “mim”.",
            "Did you mean “min”?",
        ),
        (
            "postgres-loader",
            {"connection_id": "c", "table_name": "a.b.c"},
            "bad-option",
            "/table_name",
            "“table_name” is not of the right form: “a.b.c”.",
            None,
        ),
    ],
)
def test_options_in_plain_words(
    module: str, config: dict[str, Any], code: str, path: str, message: str, hint: str | None, catalog: Catalog
) -> None:
    assert option(catalog, module, **config) == [(code, path, message, hint)]
