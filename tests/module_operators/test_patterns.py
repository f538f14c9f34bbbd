"""Patterns mean one thing on every engine, or are refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.patterns import PatternRefused, whole
from tests.properties import examples


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a)\\1", "back-reference"),
        ("(?=a)", "Look-around"),
        ("(?<!a)b", "Look-around"),
        ("(?>a)", "atomic"),
        ("a++", "possessive"),
        ("(?i)a", "Flags"),
        ("x(?i:a)", "Flags"),
        ("(?P<n>a)", "Named groups"),
        ("\\bword", "Word boundaries"),
        ("[[:alpha:]]", "nested set"),
        ("[a&&b]", "set intersection"),
        ("\\p{L}", "bad escape"),
        ("(", "unterminated"),
        ("a{2000}", "count to 1,000"),
        ("(a{100}){100}", "together"),
        ("a" * 1001, "1,000 characters"),
    ],
)
def test_what_engines_read_differently_is_refused(pattern, reason):
    with pytest.raises(PatternRefused, match=reason):
        whole(pattern)


_PIECES = ["a", "b", "\\d", "\\D", "\\w", "\\s", ".", "[a-c]", "[^b\\d]", "(a|b)", "(?:ab)", "-", "\\.", "é", "[\\]^-]"]
_TIMES = ["", "*", "+", "?", "{1,2}", "*?"]


@settings(max_examples=examples(200), deadline=None)
@given(
    pieces=st.lists(st.tuples(st.sampled_from(_PIECES), st.sampled_from(_TIMES)), min_size=1, max_size=5),
    text=st.text(alphabet="abc1 -.é]^_\n", max_size=6),
)
def test_a_pattern_matches_as_it_does_in_python(pieces, text):
    pattern = "".join(piece + times for piece, times in pieces)

    with locked_connection(Limits("256MB", 1), ()) as connection:
        found = connection.execute("SELECT regexp_matches($1, $2)", [text, whole(pattern)]).fetchone()

    assert found == (re.fullmatch(pattern, text, re.ASCII) is not None,)
