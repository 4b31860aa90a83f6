"""Addresses of this machine that devices in the room may reach it at."""

import ipaddress
import socket
from contextlib import suppress

import psutil

from dialogkort.ui.share.service import AddressChoice

_NOWHERE = "192.0.2.1"  # RFC 5737: asked for the way there, the system sends nothing


def address_choices() -> list[AddressChoice]:
    """The machine's IPv4 addresses with the names of their interfaces; the one to propose is the first.

    That is the one its other traffic leaves by; an address that a machine gives itself where nobody hands
    out any (169.254.…) comes last.
    """
    usual = _default_route_address()
    choices = [AddressChoice(address, interface) for address, interface in _interface_addresses()]
    return sorted(choices, key=lambda choice: (choice.address != usual, _is_link_local(choice.address)))


def interface_of(address: str) -> str:
    """What the machine calls the network that one of its addresses is on; empty when it is on none."""
    return next((choice.interface for choice in address_choices() if choice.address == address), "")


def address_on(interface: str) -> str:
    """The address that the machine has on a network; empty when it has none there."""
    return next((choice.address for choice in address_choices() if choice.interface == interface), "")


def own_addresses() -> set[str]:
    """All addresses of this machine, of every kind."""
    return {
        entry.address.split("%")[0]
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family in (socket.AF_INET, socket.AF_INET6)
    }


def resolve(name: str) -> str:
    """The address that a name or an address leads to; empty when it leads nowhere."""
    with suppress(OSError, UnicodeError):
        entries = socket.getaddrinfo(name.strip("[]"), None, type=socket.SOCK_STREAM)
        return str(min(entries, key=lambda entry: entry[0] != socket.AF_INET)[4][0])
    return ""


def _interface_addresses() -> list[tuple[str, str]]:
    states = psutil.net_if_stats()
    return [
        (entry.address, interface)
        for interface, entries in psutil.net_if_addrs().items()
        if interface not in states or states[interface].isup
        for entry in entries
        if entry.family == socket.AF_INET and not ipaddress.ip_address(entry.address).is_loopback
    ]


def _is_link_local(address: str) -> bool:
    return ipaddress.ip_address(address).is_link_local


def _default_route_address() -> str:
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect((_NOWHERE, 9))
        return way.getsockname()[0]
    return ""
