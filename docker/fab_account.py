"""Makes the account by which LogiData signs in to Airflow, when Airflow keeps its users itself (FAB). Safe to repeat.

fab_account.py PASSWORD_FILE    the name is LOGIDATA_AIRFLOW_USERNAME; a changed password is set
"""

import os
import sys
from pathlib import Path

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder


def ensure(username: str, password: str) -> None:
    """An administrator, since it makes connections and deletes DAGs; not by `airflow users`: others could read that."""
    with get_application_builder() as builder:
        users = builder.sm
        known = users.find_user(username)
        if known is not None:
            users.reset_password(known.id, password)
            return
        role = users.find_role("Admin")
        if not users.add_user(username, "Logi", "Data", f"{username}@localhost", role, password):
            sys.exit(f"The account {username} could not be made; its name or address may be another user's.")


if __name__ == "__main__":
    ensure(os.environ["LOGIDATA_AIRFLOW_USERNAME"], Path(sys.argv[1]).read_text().strip())
