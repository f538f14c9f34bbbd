"""Where modules may connect to when an option names the address: the outgoing allow and deny lists.

A name is resolved here, every address that it has is checked, and the connection goes to a checked address: a name that
answers differently the next time it is asked changes nothing.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Self

import httpcore

from module_operators.settings import Settings

Address = IPv4Address | IPv6Address

_METADATA = tuple(
    ip_network(each)
    for each in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32")
)
"""Where clouds hand out a machine's credentials: an allowed name never leads there, only an allowed address does."""

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


class Refused(Exception):
    """The lists do not let a connection pass; says which setting."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Entries of one list: host names, `*.domains`, addresses and networks; `*` is everything."""

    networks: tuple[Any, ...]
    names: frozenset[str]

    @classmethod
    def parsed(cls, text: str, setting: str) -> Self:
        """A comma-separated list.

        Raises:
            ValueError: an entry is neither a name nor a network.
        """
        networks, names = [], set()
        for entry in (part.strip().rstrip(".").casefold() for part in text.split(",")):
            if not entry:
                continue
            try:
                networks.append(ip_network(entry, strict=False))
                continue
            except ValueError:
                bare = entry.removeprefix("*.")
            if entry != "*" and not all(c.isalnum() or c in "-._" for c in bare):
                raise ValueError(f"{setting}: '{entry}' is no host, *.domain, address or network.")
            names.add(entry)
        return cls(tuple(networks), frozenset(names))

    def name(self, host: str) -> bool:
        """Whether a host is listed by its name."""
        labels = host.rstrip(".").casefold().split(".")
        above = {f"*.{'.'.join(labels[start:])}" for start in range(1, len(labels))}
        return not self.names.isdisjoint({".".join(labels), "*", *above})

    def address(self, address: Address) -> bool:
        """Whether an address is listed."""
        return any(
            each.version == network.version and each in network for each in _forms(address) for network in self.networks
        )


@dataclass(frozen=True, slots=True)
class Egress:
    """The two lists: what `deny` has is refused unless `allow` names it."""

    allow: Rules
    deny: Rules

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            Rules.parsed(settings.outgoing_allow, "LOGIDATA_OUTGOING_ALLOW"),
            Rules.parsed(settings.outgoing_deny, "LOGIDATA_OUTGOING_DENY"),
        )

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, each of which may be connected to.

        Raises:
            Refused: one of them may not.
            OSError: the name has none.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        for text in addresses:
            self._check(host, ip_address(text))
        return addresses

    def _check(self, host: str, address: Address) -> None:
        if self.allow.address(address):
            return
        is_metadata = any(each in network for each in _forms(address) for network in _METADATA)
        if self.allow.name(host) and not is_metadata:
            return
        if self.deny.name(host) or self.deny.address(address):
            where = f"'{host}'" if host == str(address) else f"'{host}' ({address})"
            raise Refused(
                f"{where} may not be connected to: LOGIDATA_OUTGOING_DENY has it. Whoever runs LogiData can allow it "
                "in LOGIDATA_OUTGOING_ALLOW."
            )


def _forms(address: Address) -> list[Address]:
    """An address, and the IPv4 address that it stands for when it is an IPv6 one."""
    if isinstance(address, IPv4Address):
        return [address]
    bare = IPv6Address(int(address))  # without its zone, which no network contains
    inside = [bare.ipv4_mapped, bare.sixtofour, *(bare.teredo or ())]
    if (bare in _NAT64 or bare in _COMPATIBLE) and int(bare) > 1:
        inside.append(IPv4Address(int(bare) & 0xFFFFFFFF))
    return [bare, *(each for each in inside if each is not None)]


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, never to a name."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._egress.addresses(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name '{host}' cannot be resolved") from error
        for address in addresses[:-1]:
            try:
                return self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._sockets.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that httpx trusts, and those of SSL_CERT_FILE; loading them takes longer than a request."""
    import httpx  # noqa: PLC0415

    return httpx.create_ssl_context()


def connection_pool(settings: Settings) -> httpcore.ConnectionPool:
    """HTTP connections that keep to the lists; proxies and passwords of the environment are not used."""
    backend = _CheckedBackend(Egress.from_settings(settings))
    return httpcore.ConnectionPool(
        ssl_context=_trusted(), network_backend=backend, max_connections=4, keepalive_expiry=15
    )
