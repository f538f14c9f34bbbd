"""Text from Airflow as PostgreSQL can hold it: no NUL, no half of a surrogate pair."""

import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The same JSON data, with what the database refuses replaced by the replacement character."""
    match value:
        case str():
            return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
        case dict():
            return {storable(key): storable(each) for key, each in value.items()}
        case list():
            return [storable(each) for each in value]
        case _:
            return value
