"""What DuckDB says about a file that it cannot read, as a sentence that tells what to do."""

from __future__ import annotations

import re
from pathlib import PurePath

_FILE = re.compile(r"^\s*file = (?P<path>.+)$", re.MULTILINE)
_CSV_LINE = re.compile(r"CSV Error on Line: (?P<line>\d+)")
_COLUMNS = re.compile(r"Expected Number of Columns: (?P<expected>\d+) Found: (?P<found>\d+)")
_JSON = re.compile(
    r"(?P<what>Malformed JSON|JSON transform error) in file \"(?P<path>[^\"]+)\",? (?:at byte \d+ )?"
    r"in (?P<unit>line|record/value) (?P<number>\d+): (?P<why>[^\n]*)"
)


def unreadable_file_message(text: str) -> str | None:
    """The message for a CSV or JSON file's error; None when the text is about something else."""
    if found := _JSON.search(text):
        is_malformed = found["what"] == "Malformed JSON"
        what = "is not valid JSON" if is_malformed else "cannot be read"
        number = int(found["number"]) - is_malformed  # the engine has counted the line that it could not read twice
        where = f"{'line' if found['unit'] == 'line' else 'record'} {max(number, 1):,}"
        return f"'{PurePath(found['path']).name}' {what} at {where}: {found['why'].strip().rstrip('.')}."
    if "CSV Error" not in text and "CSV Parser" not in text:
        return None
    path = _FILE.search(text)
    line = _CSV_LINE.search(text)
    where = f"'{PurePath(path['path']).name}'" if path else "The file"
    if line:
        where += f", line {int(line['line']):,}"
    return f"{where}: {_reason(text)}"


def _reason(text: str) -> str:
    if counts := _COLUMNS.search(text):
        return (
            f"{counts['found']} values, where the first line has {counts['expected']}. "
            "Correct the line, or check the delimiter and the quote character."
        )
    if "unterminated quote" in text:
        return "a quoted value does not end. Correct the line, or choose another quote character."
    if "Invalid unicode" in text:
        return "the text is not UTF-8. Set the encoding of the file (windows-1252 or latin-1, often)."
    if "Maximum line size" in text or "maximum_line_size" in text or "max_line_size" in text:
        return "the line is longer than 32 MB."
    if "state machine" in text:
        return "a line ends unlike the lines before it (LF and CR LF mixed?) or quotes are not balanced."
    return text.split("\n\n", maxsplit=1)[0].removeprefix("Invalid Input Error: ").replace("\n", "; ")
