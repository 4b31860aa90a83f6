"""The way in for devices of the room: behind which proxy, and whether what is sent is encrypted."""

import json
import ssl
from dataclasses import asdict, dataclass

from dialogkort.errors import InvalidAction, StartupError
from dialogkort.i18n import text
from dialogkort.ui.share.public_address import PublicAddress, proxy_address, read_public_address


@dataclass(frozen=True)
class WayIn:
    """The way in as it was written: what the command calls --share-url, --proxy, --certificate and --key.

    Examples
    --------
    >>> way = WayIn(share_url="https://kort.kommune.dk/rum/", proxy="10.0.0.7")
    >>> way.public.origin
    'https://kort.kommune.dk/rum'
    >>> WayIn.from_json(way.to_json()) == way
    True
    """

    share_url: str = ""
    proxy: str = ""
    certificate: str = ""
    key: str = ""

    @property
    def public(self) -> PublicAddress | None:
        """What devices call the room by; None where no proxy stands between."""
        return read_public_address(self.share_url) if self.share_url else None

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The certificate that devices are shown; None without one. `StartupError` when it cannot be used."""
        return room_certificate(self.certificate, self.key or None) if self.certificate else None

    def check(self) -> None:
        """`InvalidAction` or `StartupError` when something of it cannot be used; the value is named."""
        reading = (("share_url", read_public_address), ("proxy", proxy_address))
        for name, read in reading:
            value = getattr(self, name)
            try:
                if value:
                    read(value)
            except ValueError:
                raise InvalidAction(text(f"sharing.no_{name}", value=value[:200])) from None
        if self.key and not self.certificate:
            raise InvalidAction(text("sharing.key_alone"))
        _ = self.tls

    def to_json(self) -> str:
        """The way in as another process is told of it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, written: str) -> "WayIn":
        """The way in as `to_json` has written it."""
        return cls(**json.loads(written))


def room_certificate(certificate: str, key: str | None) -> ssl.SSLContext:
    """A certificate to show to devices in the room. `StartupError` when it cannot be used."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise StartupError(text("app.no_certificate", path=certificate, reason=reason)) from None
    return context
