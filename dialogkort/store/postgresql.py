"""The store for many machines: a PostgreSQL server by its address, through SQLAlchemy and psycopg."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dialogkort import __version__
from dialogkort.errors import StoreError
from dialogkort.store.base import Ask, Store
from dialogkort.store.migrations import VERSION, bring_up_to_date

try:
    import psycopg
    import sqlalchemy
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError
except ImportError as missing:
    raise StoreError("no_driver", reason=missing.name) from missing

_CONNECT_SECONDS = 10
_EVERYTHING = 0x6469616C6F67  # the lock of the whole store; any number that is ours: "dialog"
_MANY = 50  # sessions: who writes in more of them locks the whole store, for a server has only so many locks
_SECRETS = ("password", "passfile", "sslpassword", "sslkey")
# Not to_regclass: it remembers what was not there before one waited for a lock.
_LAID_OUT = (
    "SELECT 1 FROM pg_tables WHERE tablename = 'migrations' AND schemaname = ANY (current_schemas(false))"
)
# Whatever the server or its user is set to: what has been acknowledged is on its disk.
_DURABLE = (
    "CASE current_setting('synchronous_commit')"
    " WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END"
)


class ServerStore(Store):
    """A store in a PostgreSQL database. The first to come lays it out."""

    most_sessions = _MANY

    def __init__(self, address: str):
        url = _url_of(address)
        self.place = str(url.set(drivername="postgresql", password=None).difference_update_query(_SECRETS))
        self._engine = sqlalchemy.create_engine(
            url,
            hide_parameters=True,  # what people wrote is for no log
            pool_size=1,
            max_overflow=2,
            pool_pre_ping=True,  # a server that was restarted is noticed before a note is given to it
            # Prepared statements do not get through a pool of connections such as PgBouncer.
            connect_args={"connect_timeout": _CONNECT_SECONDS, "prepare_threshold": None},
        )
        with self._told():
            self._prepare()

    def close(self) -> None:
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._engine.connect() as line:
            version = self._known_version(_asking(line))
        if version < VERSION:
            with self._engine.begin() as line:
                ask = _asking(line)
                ask("SELECT pg_advisory_xact_lock(:it)", {"it": _EVERYTHING})
                version = self._known_version(ask)  # another process may have been first
                bring_up_to_date(ask, "postgresql", version, __version__)

    def _known_version(self, ask: Ask) -> int:
        version = 0
        if ask(_LAID_OUT):
            version = ask("SELECT max(version) FROM migrations")[0][0] or 0
        if version > VERSION:
            raise StoreError("newer", path=self.place)
        return version

    def change_token(self) -> str:
        """Another one as soon as anything has been written on the server; numbers of arrival come late."""
        with self._reading() as ask:
            return ask("SELECT CAST(pg_current_snapshot() AS text)")[0][0]

    def _must_not_be_newer(self, ask: Ask) -> None:
        """`StoreError` when a newer version has laid the place out anew since it was opened."""
        if (ask("SELECT max(version) FROM migrations")[0][0] or 0) > VERSION:
            raise StoreError("newer", path=self.place)

    @contextmanager
    def _writing(self, sessions: Sequence[str]) -> Iterator[Ask]:
        # One writer to a session at a time, so that events are numbered in the order others see them.
        locks = sorted(map(_lock_of, sessions))
        with self._told(), self._engine.begin() as line:
            ask = _asking(line)
            many = len(locks) > _MANY
            ask(
                f"SELECT pg_advisory_xact_lock{'' if many else '_shared'}(:it), {_DURABLE}",
                {"it": _EVERYTHING},
            )
            for lock in [] if many else locks:
                ask("SELECT pg_advisory_xact_lock(:it)", {"it": lock})
            self._must_not_be_newer(ask)
            yield ask

    @contextmanager
    def _reading(self) -> Iterator[Ask]:
        with self._told(), self._engine.connect() as line:
            yield _asking(line)

    def _among(self, name: str) -> str:
        return f"SELECT json_array_elements_text(CAST(:{name} AS json))"

    def _purge(self, begun: int) -> bool:
        """Rewrite the table without the rows that were removed.

        The server's write-ahead log, its backups and standbys, and its own log (if it notes down what it is
        asked) keep the text until they are renewed: that is for those who look after it. So is a transaction
        that began before the erasure and is still open, for which the server keeps what was removed.
        """
        with self._told(), self._engine.connect() as line:
            line.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM FULL events")
        return True

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults of the server and the line to it, told so that a person can act on them."""
        try:
            yield
        except DBAPIError as fault:
            raise StoreError(_kind(fault), path=self.place, reason=_first_line(fault.orig)) from fault
        except (SQLAlchemyError, OSError) as fault:
            raise StoreError("server_away", path=self.place, reason=_first_line(fault)) from fault


def _url_of(address: str) -> sqlalchemy.URL:
    try:
        url = sqlalchemy.make_url(address)
        if not re.fullmatch(r"postgres(ql)?(\+psycopg)?", url.drivername):
            raise ValueError
        return url.set(drivername="postgresql+psycopg")
    except (SQLAlchemyError, ValueError) as fault:
        shown = address.rpartition("@")[2].partition("?")[0] if "@" in address else address.partition(":")[0]
        raise StoreError("no_address", address=shown) from fault


def _asking(line: "sqlalchemy.Connection") -> Callable[..., list[tuple]]:
    def ask(statement: str, values: dict | list[dict] = ()) -> list[tuple]:
        found = line.execute(sqlalchemy.text(statement), values or {})
        return found.all() if found.returns_rows else []

    return ask


def _lock_of(session: str) -> int:
    """A session's number among the server's locks; two may share one, and then wait for each other."""
    return int(session.replace("-", "")[-15:], 16)


_FAULTS = (
    (psycopg.errors.DiskFull, "server_full"),
    ((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction), "server_refuses"),
    # Tables that are called as ours are, and are not ours.
    ((psycopg.errors.DuplicateTable, psycopg.errors.UndefinedColumn), "server_not_ours"),
    (psycopg.OperationalError, "server_away"),
)


def _kind(fault: DBAPIError) -> str:
    return next((kind for faults, kind in _FAULTS if isinstance(fault.orig, faults)), "failed")


def _first_line(fault: object) -> str:
    return str(fault).strip().partition("\n")[0]
