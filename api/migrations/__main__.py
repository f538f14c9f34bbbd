"""`python -m api.migrations upgrade|downgrade|current|revision`."""

import argparse
import os

from alembic import command
from sqlalchemy import create_engine

from api import migrations


def main() -> None:
    """Work on the database that LOGIDATA_DATABASE_URL names."""
    parser = argparse.ArgumentParser(prog="python -m api.migrations")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("upgrade", help="bring the database to the newest revision")
    actions.add_parser("downgrade", help="take the database back").add_argument("revision")
    actions.add_parser("current", help="show the database's revision")
    actions.add_parser("revision", help="write a new migration from the models").add_argument("message")
    chosen = parser.parse_args()
    engine = create_engine(os.environ["LOGIDATA_DATABASE_URL"])
    if chosen.action == "upgrade":
        migrations.upgrade(engine)
    elif chosen.action == "downgrade":
        migrations.downgrade(engine, chosen.revision)
    elif chosen.action == "revision":
        with engine.begin() as connection:
            made = migrations.config()
            made.attributes["connection"] = connection
            number = len(list(migrations.VERSIONS.glob("0*.py"))) + 1
            command.revision(made, chosen.message, autogenerate=True, rev_id=f"{number:04}")
    print(migrations.current(engine))  # noqa: T201 - what a command says


if __name__ == "__main__":
    main()
