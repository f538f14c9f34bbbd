import pytest

from module_operators.problems import InvalidNode
from module_operators.transformers.rename_columns import RenameColumnsTransformer
from module_operators.transformers.sort import SortTransformer

from .conftest import fetch, rows_plan, transformed


def renamed(run, mapping, columns=(("a", "bigint"), ("b", "string")), rows=((1, "x"),)):
    return transformed(run, RenameColumnsTransformer, {"rename_mapping": mapping}, rows_plan(run, columns, rows))


@pytest.mark.parametrize(
    ("mapping", "names"),
    [
        ({"a": "c"}, ["c", "b"]),
        ({"a": "b", "b": "a"}, ["b", "a"]),
        ({"a": "A"}, ["A", "b"]),
        ({"a": "a"}, ["a", "b"]),
        ({"b": "a", "a": 'odd "name"; --'}, ['odd "name"; --', "a"]),
        ({"a": "日本"}, ["日本", "b"]),
    ],
)
def test_names_change_and_values_stay(make_run, mapping, names):
    run = make_run()

    columns, rows = fetch(run, renamed(run, mapping))

    assert [name for name, _ in columns] == names
    assert rows == [(1, "x")]


@pytest.mark.parametrize(
    ("mapping", "problems"),
    [
        ({"aa": "c"}, [("/rename_mapping/aa", "There is no column 'aa'.")]),
        ({"a/~": "c"}, [("/rename_mapping/a~1~0", "There is no column 'a/~'.")]),
        ({"a": "b"}, [("/rename_mapping/a", "There are two columns 'b'.")]),
        (
            {"a": "B", "x": "y"},
            [
                ("/rename_mapping/x", "There is no column 'x'."),
                ("/rename_mapping/a", "Columns 'b' and 'B' differ only in case, which engines cannot tell apart."),
            ],
        ),
    ],
)
def test_problems(make_run, mapping, problems):
    with pytest.raises(InvalidNode) as caught:
        renamed(make_run(), mapping)

    assert [(problem.path, problem.message) for problem in caught.value.problems] == problems


def test_an_order_goes_on_under_the_new_name(make_run):
    run = make_run()
    source = rows_plan(run, [("a", "bigint"), ("b", "bigint")], [(1, 3), (2, 1), (3, 2)])
    ordered = transformed(run, SortTransformer, {"sort_by": [{"column": "b"}]}, source)

    plan = transformed(make_run("n2"), RenameColumnsTransformer, {"rename_mapping": {"a": "b", "b": "a"}}, ordered)

    assert fetch(run, plan) == ([("b", "bigint"), ("a", "bigint")], [(2, 1), (3, 2), (1, 3)])
