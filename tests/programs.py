"""System programs that tests start: one that is missing skips on a person's machine and fails in CI."""

from __future__ import annotations

import os
import shutil

import pytest


def required(program: str, package: str) -> str:
    """The program's path.

    Args:
        program: its name.
        package: Debian's package that has it.
    """
    folders = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    found = shutil.which(program, path=folders)
    if found is None:
        reason = f"{program} is not installed here: apt-get install {package}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
