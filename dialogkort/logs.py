"""The log file: of limited size, for this user only, and without keys and passwords.

A workshop may run for weeks, and who looks for a fault is sent the file. So it is for this user only, one old
one is kept beside it when it is full, and keys and passwords are struck out before they reach the disk.
"""

import io
import logging
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

NAME = "dialogkort.log"
MAX_BYTES = 1_000_000  # bytes of the file; of two together when it has been set aside once
_REDACTED = "…"
# An address with a password; what is called by one of these names, in an address, in JSON or in a header.
_PASSWORD = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@]+(?=@)")
_NAMED_SECRET = re.compile(
    r"(?i)\b(token|key|password|passwd|pwd|secret|sslpassword|_xsrf|authorization|cookie)"
    r"(\"?'?\s*[=:]\s*(?:b?[\"'])?(?:bearer |token |basic )?)(?!\s)[^\s&#\"',;)\]}]+"
)


def open_log(folder: Path, secrets: Callable[[], tuple[str, ...]] = tuple) -> "Log":
    """The log in a folder, to write lines in and to print on. `OSError` when it cannot be written.

    `secrets` gives texts that are to be struck out wherever they stand, such as the key of the page.
    """
    log = Log(folder / NAME, secrets)
    log.write("")
    return log


class Log(io.TextIOBase):
    """A file that lines are added to, each as soon as it is whole; several processes may do so at once.

    The file is opened anew for each line: so nobody writes on in one that another process has set aside, and
    Windows lets it be moved.
    """

    def __init__(self, path: Path, secrets: Callable[[], tuple[str, ...]] = tuple):
        self.name = str(path)
        self._path = path
        self._secrets = secrets
        self._unfinished = ""
        self._lock = threading.Lock()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        """Add a text; what comes after its last line break waits for the rest of its line."""
        with self._lock:
            whole, newline, rest = (self._unfinished + text).rpartition("\n")
            if len(rest) > MAX_BYTES // 10:  # a line without an end
                whole, newline, rest = whole + newline + rest, "\n", ""
            self._unfinished = rest
            self._add(whole + newline)
        return len(text)

    def flush(self) -> None:
        """Nothing: what is a whole line is in the file already."""

    def close(self) -> None:
        """Add what was begun."""
        if not self.closed and self._unfinished:
            self.write("\n")
        super().close()

    def handler(self) -> logging.Handler:
        """For `logging`: what is logged, with its time and where it comes from, as lines of the log."""
        handler = logging.StreamHandler(self)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        return handler

    def as_file(self) -> BinaryIO:
        """A file for other processes to print on: its lines are added here."""
        read, write = os.pipe()
        threading.Thread(target=self._copy, args=(read,), daemon=True).start()
        return os.fdopen(write, "wb", buffering=0)

    def _copy(self, pipe: int) -> None:
        with open(pipe, encoding="utf-8", errors="replace") as printed, suppress(OSError):
            for line in printed:
                self.write(line)

    def _add(self, lines: str) -> None:
        content = without_secrets(lines, self._secrets()).encode(errors="backslashreplace")
        for start in range(0, max(1, len(content)), MAX_BYTES):
            part = content[start : start + MAX_BYTES]
            self._rotate(len(part))
            with open(self._path, "ab", buffering=0, opener=_for_this_user) as file:
                file.write(part)

    def _rotate(self, more: int) -> None:
        """Set the file aside when it is full. (If two do so at once, one old file is lost, and no line.)"""
        with suppress(OSError):  # there is none, or Windows has it in another process's hands just now
            if self._path.stat().st_size + more > MAX_BYTES:
                self._path.replace(self._path.with_suffix(".old.log"))


def without_secrets(text: str, secrets: tuple[str, ...] = ()) -> str:
    """A text in which keys and passwords are struck out: those that are given, and what is called so."""
    for secret in filter(None, secrets):
        text = text.replace(secret, _REDACTED)
    text = _PASSWORD.sub(rf"\1{_REDACTED}", text)
    return _NAMED_SECRET.sub(rf"\1\2{_REDACTED}", text)


def _for_this_user(path: str, flags: int) -> int:
    """Makes the file for this user only; one that is there already is closed to others."""
    descriptor = os.open(path, flags, 0o600)
    if os.name == "posix":
        status = os.fstat(descriptor)
        if status.st_uid == os.geteuid() and status.st_mode & 0o077:
            os.fchmod(descriptor, status.st_mode & 0o700)
    return descriptor
