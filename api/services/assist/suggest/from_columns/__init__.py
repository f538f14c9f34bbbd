"""What the columns of one relation ask for. Each rule is a function; `RULES` lists them."""

from collections.abc import Callable, Iterator

from api.services.assist.suggest.from_columns.cleaning import (
    cast_numbers,
    deduplicate,
    drop_gaps,
    fill_gaps,
    parse_dates,
    tidy_text,
    validate,
)
from api.services.assist.suggest.from_columns.shaping import (
    aggregate,
    computed,
    date_parts,
    filter_rows,
    pivot,
    rename,
    select,
    sort,
    split,
    unpivot,
)
from api.services.assist.suggest.idea import Idea, Spot

RULES: tuple[Callable[[Spot], Iterator[Idea]], ...] = (
    parse_dates, cast_numbers, filter_rows, aggregate, date_parts, sort, tidy_text, validate, deduplicate, split,
    computed, select, rename, fill_gaps, drop_gaps, pivot, unpivot,
)  # fmt: skip
