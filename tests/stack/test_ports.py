"""A taken port is named together with who has it and how to choose another."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from stack.lifecycle import Stack, StackError
from stack.ports import free_port, holder, is_free
from tests.conftest import stack_settings

LISTEN = (
    "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('on', flush=True); input()"
)


@pytest.fixture
def stranger() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A process of somebody else that listens on a port."""
    port = free_port()
    command = [sys.executable, "-c", LISTEN, str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield port, process
    process.communicate("\n")


def test_a_port_is_free_or_it_is_not() -> None:
    port = free_port()
    assert is_free(port)
    with closing(socket.create_server(("127.0.0.1", port))):
        assert not is_free(port)
    assert is_free(port)


def test_the_holder_is_found(stranger: tuple[int, subprocess.Popen[str]]) -> None:
    port, process = stranger

    found = holder(port)

    assert found.pid == process.pid
    assert "create_server" in found.command


def test_up_says_which_port_is_taken_and_by_whom(stranger: tuple[int, subprocess.Popen[str]], tmp_path: Path) -> None:
    port, process = stranger
    stack = Stack(stack_settings(tmp_path, airflow_port=port))

    with pytest.raises(StackError) as caught:
        stack.up()

    assert f"port {port} is taken by process {process.pid}" in str(caught.value)
    assert f"LOGIDATA_AIRFLOW_PORT={port + 1} make up" in str(caught.value)
    assert stack.health() == {}
    assert not (stack.settings.root / "postgres").exists()
    assert process.poll() is None, f"{os.getpid()} must leave other people's processes alone"
