"""The store for many machines: a PostgreSQL server by its address, through SQLAlchemy and psycopg."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dialogkort import __version__
from dialogkort.errors import StoreError
from dialogkort.store.base import Execute, Store
from dialogkort.store.migrations import VERSION, migrate

try:
    import psycopg
    import sqlalchemy
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError
except ImportError as missing:
    raise StoreError("no_driver", reason=missing.name) from missing

_CONNECT_SECONDS = 10
_STORE_LOCK = 0x6469616C6F67  # the lock of the whole store; any number that is ours: "dialog"
_MAX_SESSION_LOCKS = (
    50  # sessions: who writes in more of them locks the whole store, for a server has only so many locks
)
_SECRETS = ("password", "passfile", "sslpassword", "sslkey")
# Not to_regclass: it remembers what was not there before one waited for a lock.
_HAS_MIGRATIONS = (
    "SELECT 1 FROM pg_tables WHERE tablename = 'migrations' AND schemaname = ANY (current_schemas(false))"
)
# Whatever the server or its user is set to: what has been acknowledged is on its disk.
_DURABLE = (
    "CASE current_setting('synchronous_commit')"
    " WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END"
)


class ServerStore(Store):
    """A store in a PostgreSQL database. The first to come lays it out."""

    most_sessions = _MAX_SESSION_LOCKS

    def __init__(self, address: str):
        url = _url_of(address)
        self.location = str(url.set(drivername="postgresql", password=None).difference_update_query(_SECRETS))
        self._engine = sqlalchemy.create_engine(
            url,
            hide_parameters=True,  # what people wrote is for no log
            pool_size=1,
            max_overflow=2,
            pool_pre_ping=True,  # a server that was restarted is noticed before a note is given to it
            # Prepared statements do not get through a pool of connections such as PgBouncer.
            connect_args={"connect_timeout": _CONNECT_SECONDS, "prepare_threshold": None},
        )
        with self._translating_errors():
            self._prepare()

    def close(self) -> None:
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._engine.connect() as connection:
            version = self._known_version(_executor(connection))
        if version < VERSION:
            with self._engine.begin() as connection:
                execute = _executor(connection)
                execute("SELECT pg_advisory_xact_lock(:key)", {"key": _STORE_LOCK})
                version = self._known_version(execute)  # another process may have been first
                migrate(execute, "postgresql", version, __version__)

    def _known_version(self, execute: Execute) -> int:
        version = 0
        if execute(_HAS_MIGRATIONS):
            version = execute("SELECT max(version) FROM migrations")[0][0] or 0
        if version > VERSION:
            raise StoreError("newer", path=self.location)
        return version

    def change_token(self) -> str:
        """Another one as soon as anything has been written on the server; numbers of arrival come late."""
        with self._reading() as execute:
            return execute("SELECT CAST(pg_current_snapshot() AS text)")[0][0]

    def _check_version(self, execute: Execute) -> None:
        """`StoreError` when a newer version has migrated the store since it was opened."""
        if (execute("SELECT max(version) FROM migrations")[0][0] or 0) > VERSION:
            raise StoreError("newer", path=self.location)

    @contextmanager
    def _writing(self, sessions: Sequence[str]) -> Iterator[Execute]:
        # One writer to a session at a time, so that events are numbered in the order others see them.
        locks = sorted(map(_lock_of, sessions))
        with self._translating_errors(), self._engine.begin() as connection:
            execute = _executor(connection)
            many = len(locks) > _MAX_SESSION_LOCKS
            execute(
                f"SELECT pg_advisory_xact_lock{'' if many else '_shared'}(:key), {_DURABLE}",
                {"key": _STORE_LOCK},
            )
            for lock in [] if many else locks:
                execute("SELECT pg_advisory_xact_lock(:key)", {"key": lock})
            self._check_version(execute)
            yield execute

    @contextmanager
    def _reading(self) -> Iterator[Execute]:
        with self._translating_errors(), self._engine.connect() as connection:
            yield _executor(connection)

    def _list_values(self, name: str) -> str:
        return f"SELECT json_array_elements_text(CAST(:{name} AS json))"

    def _purge(self, begun: int) -> bool:
        """Rewrite the table without the rows that were removed.

        The server's write-ahead log, its backups and standbys, and its own log (if it notes down what it is
        asked) keep the text until they are renewed: that is for those who look after it. So is a transaction
        that began before the erasure and is still open, for which the server keeps what was removed.
        """
        with self._translating_errors(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM FULL events")
        return True

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        """Errors of the server and the connection to it, as `StoreError`s that a person can act on."""
        try:
            yield
        except DBAPIError as fault:
            raise StoreError(_kind(fault), path=self.location, reason=_first_line(fault.orig)) from fault
        except (SQLAlchemyError, OSError) as fault:
            raise StoreError("server_away", path=self.location, reason=_first_line(fault)) from fault


def _url_of(address: str) -> sqlalchemy.URL:
    try:
        url = sqlalchemy.make_url(address)
        if not re.fullmatch(r"postgres(ql)?(\+psycopg)?", url.drivername):
            raise ValueError
        return url.set(drivername="postgresql+psycopg")
    except (SQLAlchemyError, ValueError) as fault:
        redacted = (
            address.rpartition("@")[2].partition("?")[0] if "@" in address else address.partition(":")[0]
        )
        raise StoreError("no_address", address=redacted) from fault


def _executor(connection: "sqlalchemy.Connection") -> Callable[..., list[tuple]]:
    def execute(statement: str, values: dict | list[dict] | None = None) -> list[tuple]:
        result = connection.execute(sqlalchemy.text(statement), values or {})
        return list(result.all()) if result.returns_rows else []

    return execute


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
