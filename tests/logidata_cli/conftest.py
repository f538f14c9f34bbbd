"""The service's database and settings, as its own tests have them."""

from tests.api.conftest import database_url, settings

__all__ = ["database_url", "settings"]
