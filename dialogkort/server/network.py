"""Addresses of this machine that devices in the room may reach it at."""

import http.client
import ipaddress
import socket
from contextlib import suppress

import psutil

from dialogkort.ui.share.service import AddressChoice

EVERYWHERE = ("0.0.0.0", "::")  # where one listens on every network
_LOOPBACK = "127.0.0.1"
_CONNECT_SECONDS, _ANSWER_SECONDS = 1.0, 10.0  # to a server of ours; the machine may be busy
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


def is_gone(address: str) -> bool:
    """True for an address that was this machine's and is not any more."""
    return address not in EVERYWHERE and not is_loopback(address) and address not in own_addresses()


def is_answered(address: str, port: int) -> bool:
    """True when a server of ours answers there; without encryption it is asked whether it is alive."""
    where = _LOOPBACK if address in EVERYWHERE else address
    line = http.client.HTTPConnection(where, port, timeout=_CONNECT_SECONDS)
    try:
        line.connect()
        line.sock.settimeout(_ANSWER_SECONDS)
        line.request("GET", "/alive")
        return line.getresponse().status in (204, 403)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def is_address(name: str) -> bool:
    """True for an address, with or without the brackets of an address of IPv6."""
    with suppress(ValueError):
        return bool(ipaddress.ip_address(name.strip("[]")))
    return False


def is_loopback(address: str) -> bool:
    """True for an address that leads nowhere but to this machine."""
    return ipaddress.ip_address(address).is_loopback


def bracketed(name: str) -> str:
    """A name as it stands in a web address."""
    return f"[{name}]" if ":" in name else name


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
