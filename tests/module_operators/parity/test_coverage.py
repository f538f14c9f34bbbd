"""Every transformer has cases of each kind of odd data."""

from __future__ import annotations

from collections import defaultdict

import pytest

from module_operators.base import Transformer
from module_operators.catalog import discover

from .case import Case
from .cases import all_cases
from .table import PAGE, page
from .traits import DATA_TRAITS, traits

LEAST = 8
TRANSFORMERS = {each.__name__: each for each in discover().values() if issubclass(each, Transformer)}


def cases_of(module: type[Transformer]) -> list[Case]:
    return [case for case in all_cases() if case.module is module]


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_transformer_has_cases_of_every_kind(name: str):
    cases = cases_of(TRANSFORMERS[name])
    by_trait: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        for trait in traits(case):
            by_trait[trait].append(case.name)

    assert len(cases) >= LEAST
    assert DATA_TRAITS | {"refused"} <= set(by_trait)


def test_the_page_about_engines_is_that_of_these_cases():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.module_operators.parity.table"
