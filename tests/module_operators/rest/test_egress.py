"""The outgoing lists: every address of a name, in each form that it may be written."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from module_operators.egress import Egress, Refused, Rules
from module_operators.settings import LINK_LOCAL

PRIVATE = f"{LINK_LOCAL},127.0.0.0/8,::1,0.0.0.0/8,::,10.0.0.0/8"


def egress(allow: str = "", deny: str = PRIVATE) -> Egress:
    return Egress(Rules.parsed(allow, "ALLOW"), Rules.parsed(deny, "DENY"))


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0", "0x7f.1", "localhost", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3"),
        *("2002:0a00:0001::", "64:ff9b::10.0.0.1", "::10.0.0.1", "169.254.169.254", "fe80::1%1", "fd00:ec2::254"),
    ],
)
def test_denied_networks_are_denied_in_every_form(host: str) -> None:
    with pytest.raises(Refused, match="may not be connected to"):
        egress().addresses(host, 80)


def test_what_is_not_denied_passes() -> None:
    assert egress().addresses("192.0.2.1", 80) == ["192.0.2.1"]
    assert "127.0.0.1" in egress(deny=LINK_LOCAL).addresses("localhost", 80)


def test_allowed_names_and_networks_are_exceptions() -> None:
    assert "127.0.0.1" in egress(allow="LOCALHOST").addresses("localhost", 80)
    assert egress(allow="10.1.0.0/16").addresses("10.1.2.3", 80) == ["10.1.2.3"]
    with pytest.raises(Refused):
        egress(allow="10.1.0.0/16").addresses("10.2.0.1", 80)
    with pytest.raises(Refused):
        egress(allow="192.0.2.0/24", deny="*").addresses("198.51.100.1", 80)


def test_domains_cover_what_is_below_them_only() -> None:
    rules = Rules.parsed("*.example.com, api.test.", "DENY")
    assert rules.name("a.b.example.com")
    assert rules.name("API.test")
    assert not rules.name("example.com")
    assert not rules.name("badexample.com")


@pytest.mark.parametrize("answers", [["169.254.169.254"], ["192.0.2.1", "169.254.169.254"]])
def test_an_allowed_name_never_leads_to_a_cloud_s_credentials(
    monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port)) for answer in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with pytest.raises(Refused, match=r"169\.254\.169\.254"):
        egress(allow="api.example.com").addresses("api.example.com", 443)


def test_an_entry_that_is_nothing_is_named() -> None:
    with pytest.raises(ValueError, match=r"DENY: 'http://x' is no host"):
        Rules.parsed("10.0.0.0/8,http://x", "DENY")
