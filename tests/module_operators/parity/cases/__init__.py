"""The cases of each module: a file of its own with `CASES`."""

from __future__ import annotations

import importlib
import pkgutil

from ..case import Case


def all_cases() -> list[Case]:
    """Every case, by module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [case for name in names for case in importlib.import_module(f"{__name__}.{name}").CASES]
