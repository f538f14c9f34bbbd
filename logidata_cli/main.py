"""`logidata`: sign in, and the commands by what they are about."""

import os
import sys
from typing import Annotated

import typer

from logidata_cli import connections, modules, optimize, pipelines
from logidata_cli.failures import Failure
from logidata_cli.service import Service
from logidata_cli.shown import AsJson, as_json, line, note

HELP = """LogiData from the command line.

Exit codes: 0 done; 1 the answer is no (texts differ, a run failed, a pipeline has errors); 2 wrong usage; 3 the service
refuses; 4 not signed in; 5 the service is away.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
pipelines.app.command()(optimize.optimize)
app.add_typer(pipelines.app, name="pipelines")
app.add_typer(modules.app, name="modules")
app.add_typer(connections.app, name="connections")


@app.callback()
def _service(
    context: typer.Context,
    url: Annotated[str, typer.Option(envvar="LOGIDATA_URL", help="Address of the service.")] = "http://127.0.0.1:8000",
    token: Annotated[
        str | None, typer.Option(envvar="LOGIDATA_TOKEN", help="Instead of a sign-in; better given as LOGIDATA_TOKEN.")
    ] = None,
) -> None:
    context.obj = Service(url, token)


@app.command()
def login(
    context: typer.Context,
    email: Annotated[str, typer.Option(prompt="E-mail", help="Of your account.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
) -> None:
    """Sign in; it is remembered in a file that only you can read."""
    service: Service = context.obj
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else typer.prompt("Password", hide_input=True)
    account = service.sign_in(email, password)
    note(f"Signed in at {service.url} as {account['email']} ({account['role']}).")


@app.command()
def logout(context: typer.Context) -> None:
    """Sign out, here and at the service."""
    context.obj.sign_out()


@app.command()
def whoami(context: typer.Context, json: AsJson = False) -> None:
    """Say who is signed in."""
    account = context.obj.get("/auth/me")
    as_json(account) if json else line(f"{account['email']} ({account['role']})")


def main() -> None:
    """Run, and tell what went wrong and what to do."""
    try:
        app(prog_name="logidata")
    except Failure as failure:
        note(str(failure), "red")
        for each in filter(None, failure.lines):
            note(f"  {each}")
        sys.exit(failure.exit_code)
    except BrokenPipeError:  # `logidata … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
