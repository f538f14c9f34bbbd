"""A database extractor's query of one table: read, changed and written again.

Only queries that read a whole table are known (`SELECT * FROM orders`), or that a rewrite has written. Everything else
would have to be understood first.
"""

import re
from dataclasses import dataclass

from dag_factory.rewrites.drawing import Drawing

QUOTES = {"postgres-extractor": '"', "mysql-extractor": "`"}
"""The extractors whose queries can be changed, and what their databases put around names."""
_LONGEST = 20_000


class CannotPush(Exception):
    """What keeps a node from becoming part of a query, in words."""


@dataclass(frozen=True, slots=True)
class TableQuery:
    """`SELECT columns FROM table WHERE condition`, and how its database writes names."""

    columns: str
    table: str
    condition: str
    quote: str

    @property
    def is_postgres(self) -> bool:
        """Whether PostgreSQL runs it; otherwise MySQL does."""
        return self.quote == '"'

    def name(self, column: str) -> str:
        """The column in SQL.

        Raises:
            CannotPush: an extractor's query takes a colon for a parameter.
        """
        if ":" in column:
            raise CannotPush(f"the name of column “{column}” would be read as a parameter")
        return self.quote + column.replace(self.quote, self.quote * 2) + self.quote

    @property
    def text(self) -> str:
        """The query."""
        where = f" WHERE {self.condition}" if self.condition else ""
        return f"SELECT {self.columns} FROM {self.table}{where}"


def _pattern(quote: str) -> re.Pattern[str]:
    # Possessive throughout: a text that does not match is found not to in one pass.
    name = rf"{quote}(?:[^{quote}:]|{quote}{quote})++{quote}"
    words = r"\b(?:AND|IS|NOT|NULL|IN|BETWEEN|DATE|TIMESTAMP|TRUE|FALSE|DISTINCT\s+FROM)\b"
    # No comment: what is added behind one would mean nothing.
    safe = rf"(?:\s|{name}|\d++(?:\.\d++)?|[<>=(),]|-(?!-)|'[\d :.\-]++'|{words})++"
    table = rf"(?:[A-Za-z_]\w*|{name})(?:\.(?:[A-Za-z_]\w*|{name})){{0,2}}"
    columns = rf"\*|{name}(?:, {name})*"
    return re.compile(
        rf"\s*SELECT\s+(?P<columns>{columns})\s+FROM\s+(?P<table>{table})(?:\s+WHERE\s+(?P<where>{safe}))?\s*;?\s*",
        re.IGNORECASE | re.ASCII,
    )


_PATTERNS = {module: _pattern(quote) for module, quote in QUOTES.items()}


def table_query(drawing: Drawing, node_id: str) -> TableQuery | None:
    """The query of an extractor that reads a table, whole or by conditions that were put there; else None."""
    module_id = drawing.graph.by_id[node_id].data.module_id
    text = drawing.config(node_id).get("query") if module_id in QUOTES else None
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    match = _PATTERNS[module_id].fullmatch(text)
    if match is None:
        return None
    return TableQuery(match["columns"], match["table"], (match["where"] or "").strip(), QUOTES[module_id])
