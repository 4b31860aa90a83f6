"""The writer: all work with one store on one thread of its own, with group commit.

Whoever must not wait (the event loop of a server or a notebook) submits its work and is called back when
it is done. What comes in while one commit runs shares the next: one `fsync` answers all of it. The work is
decided inside the transaction, one after the other, and each sees those before it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dialogkort.domain.event_ids import Id
from dialogkort.errors import StoreError
from dialogkort.store.base import Batch, Store

_MAX_BATCH = 256  # a batch: so that the first does not wait long for the last
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """Something to do with the store.

    Parameters
    ----------
    run : callable
        `run(store)` on the writer's thread. May be called twice, when a batch had to be taken apart; what the
        first time has kept is undone then. May raise.
    done : callable
        `done(result, error)` on the writer's thread: `result` when all it kept is durable, else the error.
    sessions : tuple of str or None
        The sessions it writes in (none of them: it only reads); it may share a commit. None: it has the store
        for itself.
    rollback : callable, optional
        Called before `run` is called again, or `done` gets the error of a commit that failed.
    """

    run: Callable[[Store], object]
    done: Callable[[object, Exception | None], None]
    sessions: tuple[Id, ...] | None = None
    rollback: Callable[[], None] = lambda: None


class Writer:
    """One thread that opens a store, does all work on it in order, and closes it.

    Parameters
    ----------
    open_store : callable
        Gives the store, on the writer's thread; asked again at the next piece of work when it raises.
    poll : callable, optional
        `poll(store)` every `poll_seconds` while there is nothing else to do.
    poll_seconds : float
        Between two polls.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        *,
        poll: Callable[[Store], None] | None = None,
        poll_seconds: float = 1.0,
    ):
        self._open_store = open_store
        self._poll = poll
        self._poll_seconds = poll_seconds
        self._store: Store | None = None
        self._waiting: deque[Work] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="dialogkort-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> None:
        """Hand work in. It is done in the order it came."""
        with self._changed:
            if self._closing:
                raise RuntimeError("the writer is closed")
            self._waiting.append(work)
            self._changed.notify()

    def call(self, run: Callable[[Store], object], sessions: tuple[Id, ...] | None = None) -> object:
        """Do something, wait for it, and give its result or raise its error."""
        finished = threading.Event()
        answer: list = [None, None]

        def done(result: object, error: Exception | None) -> None:
            answer[:] = result, error
            finished.set()

        self.submit(Work(run, done, sessions))
        finished.wait()
        if answer[1] is not None:
            raise answer[1]
        return answer[0]

    def close(self) -> None:
        """Finish what was handed in, and let go of the store."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def yield_to_waiting(self) -> None:
        """From within a work that has the store for itself, between two of its steps: do what is waiting.

        Only what shares commits: another that wants the store for itself waits for its turn.
        """
        with self._changed:
            batch = self._next_batch() if self._waiting and self._waiting[0].sessions is not None else []
        if batch:
            self._process(batch)

    # --- on the thread --------------------------------------------------------------------------------

    def _work(self) -> None:
        next_poll = time.monotonic() + self._poll_seconds
        while True:
            with self._changed:
                timeout = max(0.0, next_poll - time.monotonic())
                self._changed.wait_for(lambda: self._waiting or self._closing, timeout)
                batch = self._next_batch()
            if batch:
                self._process(batch)
            elif self._closing:
                break
            if time.monotonic() >= next_poll:
                self._poll_store()
                next_poll = time.monotonic() + self._poll_seconds
        if self._store:
            self._store.close()

    def _next_batch(self) -> list[Work]:
        """The works that may share a commit, or one that may not."""
        batch: list[Work] = []
        sessions: set[Id] = set()
        session_limit = self._store.most_sessions if self._store else 1
        while self._waiting and len(batch) < _MAX_BATCH:
            work = self._waiting[0]
            if work.sessions is None:
                return batch or [self._waiting.popleft()]
            if batch and len(sessions | set(work.sessions)) > session_limit:
                break
            sessions |= set(work.sessions)
            batch.append(self._waiting.popleft())
        return batch

    def _process(self, batch: list[Work]) -> None:
        try:
            store = self._opened()
        except Exception as fault:
            for work in batch:
                _report(work, None, fault)
            return
        if batch[0].sessions is None:
            _report(batch[0], *_outcome(batch[0], store))
        else:
            self._commit(store, batch)

    def _commit(self, store: Store, batch: list[Work]) -> None:
        """Keep what a batch leads to with one commit; when the store fails on the way, one by one."""
        sessions = {session for work in batch for session in work.sessions or ()}
        if not sessions:
            for work in batch:
                _report(work, *_outcome(work, store))
            return
        try:
            with store.batch(sessions) as batch_transaction:
                outcomes = [_outcome_within(work, store, batch_transaction) for work in batch]
        except Exception as fault:
            for work in batch:
                work.rollback()
            if len(batch) > 1 and isinstance(fault, _WorkFailed):
                for work in batch:
                    self._commit(store, [work])
                return
            self._report_failed(store, batch, fault.problem if isinstance(fault, _WorkFailed) else fault)
            return
        for work, outcome in zip(batch, outcomes, strict=True):
            _report(work, *outcome)

    def _report_failed(self, store: Store, batch: list[Work], fault: Exception) -> None:
        """Nothing of a batch is kept. Who only wanted to read can still do so."""
        for work in batch:
            _report(work, *((None, fault) if work.sessions else _outcome(work, store)))

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._open_store()
        return self._store

    def _poll_store(self) -> None:
        if self._poll and self._store:
            try:
                self._poll(self._store)
            except StoreError:
                pass  # the next work gets the error
            except Exception:
                _log.exception("Looking for what others have written failed")


class _WorkFailed(Exception):
    """One piece of work failed in a way that takes the batch along."""

    def __init__(self, problem: Exception):
        super().__init__(str(problem))
        self.problem = problem


def _outcome(work: Work, store: Store) -> tuple[object, Exception | None]:
    try:
        return work.run(store), None
    except Exception as fault:
        return None, fault


def _outcome_within(work: Work, store: Store, transaction: Batch) -> tuple[object, Exception | None]:
    """As `_outcome`, but for what concerns all the others: the store fails, or half of a work was kept."""
    before = len(transaction.rows)
    result, fault = _outcome(work, store)
    if fault is not None and (isinstance(fault, StoreError) or len(transaction.rows) > before):
        raise _WorkFailed(fault)
    return result, fault


def _report(work: Work, result: object, error: Exception | None) -> None:
    try:
        work.done(result, error)
    except Exception:  # of one, which is no reason to leave the others without an answer
        _log.exception("Somebody could not be told")
