"""The key to a folder's pages: kept for the user only, proved without being shown.

The key never travels to the server. Whoever opens a socket is given a nonce, answers with one of their own
and an HMAC of both under the key, and is answered in kind (as in RFC 7616's mutual authentication). So a
program of another user that has taken the port learns nothing from a page that comes back to it, and gets no
note.
"""

import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeGuard

_NAME = ".dialogkort-key"


@dataclass(frozen=True)
class Key:
    """The token that lets a page in, and the port it is good at: the same every time for a folder.

    So a page that is open when the command is started again goes on by itself.
    """

    token: str
    port: int | None = None

    def for_port(self, port: int) -> "Key":
        """The key for a port; a new one when the old one was for another, which somebody may hold now."""
        if self.port in (None, port):
            return replace(self, port=port)
        return new_key().for_port(port)


def new_key() -> Key:
    """A key that nobody knows."""
    return Key(secrets.token_urlsafe(24))


def read_key(folder: Path) -> Key:
    """A folder's key; a new one when there is none, it cannot be read, or others can read it too."""
    path = folder / _NAME
    with suppress(OSError, ValueError):
        others_see_it = os.name == "posix" and path.stat().st_mode & 0o077
        token, port = path.read_text("ascii").split()
        if re.fullmatch(r"[\w-]{32}", token) and 0 < int(port) < 65_536 and not others_see_it:
            return Key(token, int(port))
    return new_key()


def keep_key(folder: Path, key: Key) -> None:
    """Keep a key for the next time, for this user's eyes only. (If it cannot be: a new one then.)"""
    path = folder / _NAME
    part = path.with_name(f"{_NAME}.{os.getpid()}")
    with suppress(OSError):
        part.unlink(missing_ok=True)
        with open(part, "x", encoding="ascii", opener=lambda name, how: os.open(name, how, 0o600)) as file:
            file.write(f"{key.token} {key.port}\n")
        part.replace(path)


@dataclass(frozen=True)
class Challenge:
    """One question to who has opened a socket."""

    key: str
    nonce: str

    def verify(self, nonce: object, proof: object) -> bool:
        """True when an answer shows that its sender has the key."""
        if not (_is_plain(nonce) and _is_plain(proof) and len(nonce) >= 16):
            return False
        return hmac.compare_digest(proof, compute_proof(self.key, "browser", self.nonce, nonce))

    def is_key(self, key: object) -> bool:
        """True when a browser that cannot calculate has sent the key itself."""
        return _is_plain(key) and hmac.compare_digest(key, self.key)

    def answer(self, nonce: str) -> str:
        """The proof for the browser that this server has the key."""
        return compute_proof(self.key, "server", self.nonce, nonce)


def _is_plain(value: object) -> TypeGuard[str]:
    """True for a short ASCII text, as keys and nonces are."""
    return isinstance(value, str) and len(value) <= 128 and value.isascii()


def compute_proof(key: str, who: str, server_nonce: str, browser_nonce: str) -> str:
    """The HMAC (SHA-256, hex) of both nonces, in the name of `browser` or `server`."""
    words = f"{who} {server_nonce} {browser_nonce}"
    return hmac.new(key.encode(), words.encode(), hashlib.sha256).hexdigest()


def device_id(secret: str) -> str:
    """What a device is called by the facilitator's page, which need not know the secret of its address."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]
