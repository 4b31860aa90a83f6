"""The address that pages are known by behind a proxy, read from what an administrator writes."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class PublicAddress:
    """The address of the room's pages: scheme, name as browsers write it in `Host`, and path.

    Examples
    --------
    >>> read_public_address("https://Kort.Kommune.dk/rum").origin
    'https://kort.kommune.dk/rum'
    """

    scheme: str
    host: str
    base: str

    @property
    def origin(self) -> str:
        """What devices call the room by, without a slash at its end."""
        return f"{self.scheme}://{self.host}{self.base.rstrip('/')}"


def read_public_address(value: str) -> PublicAddress:
    """Reads an address such as https://kort.kommune.dk/rum/. `ValueError` when it is none."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise ValueError(value)
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return PublicAddress(parts.scheme, host_name(parts.netloc).removesuffix(usual), base_path(parts.path))


def base_path(value: str) -> str:
    """Reads the path that pages lie below: with a slash before and behind it."""
    path = value.strip("/")
    if not re.fullmatch(r"[\w.~-]+(/[\w.~-]+)*|", path) or {".", ".."} & {*path.split("/")}:
        raise ValueError(value)
    return f"/{path}/" if path else "/"


def host_name(value: str) -> str:
    """Reads a name, with its port where that is not the usual one, as browsers write it in `Host`."""
    if not re.fullmatch(r"([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?", value.lower()):
        raise ValueError(value)
    return value.lower()


def proxy_address(value: str) -> str:
    """Reads the address that a proxy calls from."""
    return str(ipaddress.ip_address(value))
