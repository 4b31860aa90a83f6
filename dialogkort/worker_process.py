"""Worker process: functions of the kit run apart, within limits of time and memory, and may be killed.

For work that may take too long, take too much memory or take the whole process down with it: a file from
outside, a chart, an export. The child is a fresh Python (`-m dialogkort.worker_process`), never a fork, so
it is the same on every system and from any thread. It listens on its standard input and answers on its
standard output, in frames that begin with their length; what the task prints goes elsewhere. It ends when its
task is over time, and at once when the parent is gone.
"""

import contextlib
import errno
import importlib
import json
import os
import queue
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from dialogkort.errors import TaskDied, TaskFailed, TaskMemory, TaskRefused, TaskTimeout
from dialogkort.i18n import text

_TARGET = re.compile(r"(dialogkort(?:\.[A-Za-z]\w*)+):([A-Za-z_]\w*)")
_READY = b"\0dialogkort isolated\0"  # what stands before it was printed while Python started
_HEAD = struct.Struct(">cQ")  # a frame's kind and length
_JSON, _BYTES, _REFUSED, _FAILED, _NO_MEMORY = b"J", b"B", b"R", b"F", b"M"
_SPARE = 4 << 20  # bytes that a process has to spare unless its memory is used up
_MB = 1 << 20
_START_SECONDS = 60  # a virus scanner may read every file of Python first
_POLL_SECONDS = 0.1
_ORPHAN_SECONDS = 5  # how long after its time a task may go on when nobody is left to stop it
_MAX_TRACEBACK_LENGTH = 8_000


class _Frame(NamedTuple):
    kind: bytes
    content: bytes


def run(target: str, kwargs: dict | None = None, *, seconds: float, megabytes: int) -> object:
    """Run a function in a process of its own that ends with it, and return its result.

    Parameters
    ----------
    target : str
        The function, as `package.module:function`; only modules below `dialogkort`.
    kwargs : dict, optional
        Its keyword arguments, of what JSON can hold.
    seconds : float
        How long it may take, counted from when the process is ready.
    megabytes : int
        How much memory the process may take, Python itself and its libraries included.

    Returns
    -------
    object
        What the function returned: bytes, or anything that JSON can hold.

    Raises
    ------
    TaskTimeout, TaskMemory, TaskDied
        The task was stopped, or its process ended.
    TaskRefused
        The function raised an exception of Dialogkort's own.
    TaskFailed
        It raised any other, or returned what JSON cannot hold.
    ValueError
        The target is no function that may be called.

    Examples
    --------
    >>> run("dialogkort.i18n:languages", seconds=10, megabytes=200)
    ['da', 'en']
    """
    with Worker() as worker:
        return worker.call(target, kwargs, seconds=seconds, megabytes=megabytes)


class Worker:
    """A process that is kept for the next task, so that libraries need not be loaded again.

    Calls from several threads wait for each other. A process that was stopped or has died is replaced at the
    next call, and so is one that already holds more than half of what the next task may have. Without a call
    for some time it ends, to begin again when asked.

    Parameters
    ----------
    idle_seconds : float
        How long a process waits for the next task before it ends.
    log : path, optional
        The file that gets what tasks print; without one it is thrown away.
    """

    def __init__(self, *, idle_seconds: float = 300, log: str | Path | None = None):
        self._idle_seconds = idle_seconds
        self._log = log
        self._task_lock = threading.Lock()  # one task at a time
        self._child_lock = threading.Lock()  # which child there is, and whether there may be one
        self._child: _Child | None = None
        self._timer: threading.Timer | None = None
        self._called = 0.0  # when the last call was over
        self._is_closed = False

    def call(self, target: str, kwargs: dict | None = None, *, seconds: float, megabytes: int) -> object:
        """Run a function in the worker's process; parameters and exceptions as in `run`."""
        request = _request(target, kwargs, seconds, megabytes)
        with self._task_lock:
            child = self._child_for(megabytes)
            try:
                return child.execute(request, seconds, megabytes)
            except (TaskRefused, TaskFailed):
                raise
            except BaseException:
                self._end_child()
                raise
            finally:
                self._called = time.monotonic()
                self._start_timer(self._idle_seconds)

    def close(self) -> None:
        """End the process, also in the midst of a task, which then has died; no more calls are taken."""
        with self._child_lock:
            self._is_closed = True
        self._stop_timer()
        self._end_child()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process that waits or works, if there is one."""
        child = self._child
        return child.pid if child else None

    def _child_for(self, megabytes: int) -> "_Child":
        child = self._child
        if child and (not child.is_alive() or child.memory() > megabytes * _MB / 2):
            self._end_child()
        with self._child_lock:
            if self._is_closed:
                raise TaskDied(text("worker.died"))
            self._child = self._child or _Child(self._log)
            return self._child

    def _end_child(self) -> None:
        with self._child_lock:
            child, self._child = self._child, None
        if child:
            child.end()

    def _start_timer(self, seconds: float) -> None:
        """See after so many seconds whether the process is needed; there is one such timer at a time."""
        with self._child_lock:
            if self._child and not self._timer and not self._is_closed:
                self._timer = threading.Timer(seconds, self._end_idle_child)
                self._timer.daemon = True
                self._timer.start()

    def _stop_timer(self) -> None:
        with self._child_lock:
            timer, self._timer = self._timer, None
        if timer:
            timer.cancel()

    def _end_idle_child(self) -> None:
        with self._child_lock:
            self._timer = None
        if self._task_lock.acquire(blocking=False):
            try:
                remaining = self._called + self._idle_seconds - time.monotonic()
                if remaining <= 0:
                    self._end_child()
            finally:
                self._task_lock.release()
            if remaining > 0:
                self._start_timer(remaining)


# --- the parent's side ------------------------------------------------------------------------------------


class _Child:
    """A process that does one task after another, and what it has answered so far."""

    def __init__(self, log: str | Path | None):
        import psutil

        process = _spawn(log)
        self.pid = process.pid
        self.end = weakref.finalize(self, _end, process)  # also when nobody holds it, and when Python ends
        assert process.stdin and process.stdout  # `_spawn` makes pipes of them
        self._requests = process.stdin
        self._status = psutil.Process(process.pid)
        self._replies: queue.SimpleQueue[_Frame | None] = queue.SimpleQueue()
        self._longest = [0]  # bytes of an answer that is taken in
        listener = (process.stdout, self._replies, self._longest)
        threading.Thread(target=_listen, args=listener, daemon=True).start()
        self._is_ready = False

    def execute(self, request: bytes, seconds: float, megabytes: int) -> object:
        self._longest[0] = megabytes * _MB
        if not self._is_ready:
            self._reply(_START_SECONDS, megabytes)
            self._is_ready = True
        try:
            _write(self._requests, _Frame(_JSON, request))
        except OSError:
            raise TaskDied(text("worker.died")) from None
        return _result(self._reply(seconds, megabytes), megabytes)

    def is_alive(self) -> bool:
        """False when it was killed while it waited: by a system short of memory, say."""
        import psutil

        try:
            return self._status.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        except psutil.Error:
            return False

    def memory(self) -> int:
        """Bytes the process takes: those in memory, and on Windows also those it was promised."""
        import psutil

        try:
            usage = self._status.memory_info()
        except psutil.Error:
            return 0
        return max(usage.rss, getattr(usage, "private", 0))

    def _reply(self, seconds: float, megabytes: int) -> _Frame:
        end = time.monotonic() + seconds
        while (remaining := end - time.monotonic()) > 0:
            try:
                frame = self._replies.get(timeout=min(remaining, _POLL_SECONDS))
            except queue.Empty:
                if self.memory() > megabytes * _MB:
                    raise _no_memory(megabytes) from None
                continue
            if frame is None:
                raise TaskDied(text("worker.died"))
            return frame
        raise TaskTimeout(text("worker.timeout", seconds=f"{seconds:g}"))


def _request(target: str, kwargs: dict | None, seconds: float, megabytes: int) -> bytes:
    _parts(target)
    return json.dumps([target, kwargs or {}, seconds, megabytes]).encode()


def _parts(target: str) -> tuple[str, str]:
    """Module and function of a target; `ValueError` when it is none that may be called."""
    match = _TARGET.fullmatch(target)
    if not match:
        raise ValueError(f"{target!r} is no 'dialogkort.module:function'")
    return match[1], match[2]


def _spawn(log: str | Path | None) -> subprocess.Popen:
    """A new child. All three streams are given: a parent without a console has none to hand on."""
    with contextlib.ExitStack() as files:
        errors = files.enter_context(Path(log).open("ab")) if log else subprocess.DEVNULL
        # -P: a file called json.py in the folder one stands in is not taken for Python's own.
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "dialogkort.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            env=child_environment(),
            **DETACHED,
        )


# Ctrl-C in the terminal is for the parent. No window of its own on Windows, and the page goes first.
DETACHED: dict = {"start_new_session": True}
if sys.platform == "win32":
    DETACHED = {
        "creationflags": subprocess.CREATE_NO_WINDOW
        | subprocess.CREATE_NEW_PROCESS_GROUP
        | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    }


def child_environment() -> dict[str, str]:
    """The environment of a child: ours, with the folders that modules are found in here.

    One thread for sums, as each costs memory.
    """
    package = str(Path(__file__).parents[1])
    folders = [folder for folder in sys.path if folder]
    paths = folders if package in folders else [*folders, package]
    single_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**single_thread, **os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _end(process: subprocess.Popen) -> None:
    if process.returncode is None:
        with contextlib.suppress(OSError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
        process.wait()
    with contextlib.suppress(OSError):
        if process.stdin:
            process.stdin.close()


def _listen(replies: IO[bytes], frames: queue.SimpleQueue, longest: list[int]) -> None:
    """Hand on what a child answers, and None when no more comes."""
    with replies:
        if _skip_to_ready(replies):
            frames.put(_Frame(_READY, b""))
            while frame := _read(replies, longest[0]):
                frames.put(frame)
        frames.put(None)


def _skip_to_ready(replies: IO[bytes]) -> bool:
    tail = b""
    while byte := replies.read(1):
        tail = (tail + byte)[-len(_READY) :]
        if tail == _READY:
            return True
    return False


def _result(frame: _Frame, megabytes: int) -> object:
    kind, content = frame
    if kind == _BYTES:
        return content
    if kind == _NO_MEMORY:
        raise _no_memory(megabytes)
    value = json.loads(content)
    if kind == _REFUSED:
        raise TaskRefused(**value)
    if kind == _FAILED:
        raise TaskFailed(value)
    return value


def _no_memory(megabytes: int) -> TaskMemory:
    return TaskMemory(text("worker.memory", megabytes=megabytes))


# --- frames, on both sides --------------------------------------------------------------------------------


def _write(stream: IO[bytes], frame: _Frame) -> None:
    unsent = memoryview(_HEAD.pack(frame.kind, len(frame.content)) + frame.content)
    while unsent:
        unsent = unsent[stream.write(unsent) :]


def _read(stream: IO[bytes], longest: int) -> _Frame | None:
    """The next frame; None when there is none, when it is cut short, and when it is longer than it may be."""
    head = _exactly(stream, _HEAD.size)
    if head is None:
        return None
    kind, length = _HEAD.unpack(head)
    if length > longest:
        return _Frame(_NO_MEMORY, b"")
    content = _exactly(stream, length)
    return None if content is None else _Frame(kind, content)


def _exactly(stream: IO[bytes], length: int) -> bytes | None:
    content = bytearray()
    while len(content) < length:
        part = stream.read(min(length - len(content), _MB))
        if not part:
            return None
        content += part
    return bytes(content)


# --- the child's side -------------------------------------------------------------------------------------


def _serve() -> None:
    """Do the tasks that come in, until no more can come."""
    try:
        requests, replies = _redirected_pipes()
        _lower_priority()
        tasks: queue.SimpleQueue[_Frame] = queue.SimpleQueue()
        threading.Thread(target=_watch, args=(requests, tasks), daemon=True).start()
        replies.write(_READY)
        while True:
            reply = _perform(tasks.get().content)
            sys.stdout.flush()
            _write(replies, reply)
    finally:
        os._exit(1)


def _redirected_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes from and to the parent, which no print of a task reaches from now on."""
    pipes = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    return pipes


def _lower_priority() -> None:
    """Let the page go first, and leave no image of memory on the disk when a library crashes."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.SetErrorMode(msvcrt.SEM_FAILCRITICALERRORS | msvcrt.SEM_NOGPFAULTERRORBOX)
        return
    import resource

    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch(requests: IO[bytes], tasks: queue.SimpleQueue) -> None:
    """Take in tasks while another runs, so that it is seen at once when the parent has gone."""
    while frame := _read(requests, sys.maxsize):
        tasks.put(frame)
    if os.name == "posix" and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)  # with what a task may have started
    os._exit(1)


def _perform(request: bytes) -> _Frame:
    import faulthandler

    target, kwargs, seconds, megabytes = json.loads(request)
    try:
        # By a thread of its own outside Python: a library may let no other thread run.
        faulthandler.dump_traceback_later(seconds + _ORPHAN_SECONDS, exit=True, file=2)
        _limit(megabytes)
        result = _function(target)(**kwargs)
        return _Frame(_BYTES, result) if isinstance(result, bytes) else _as_json(_JSON, result)
    except BaseException as fault:
        return _Frame(_NO_MEMORY, b"") if _is_no_memory(fault) else _failure_frame(fault)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _is_no_memory(fault: BaseException) -> bool:
    """True when there was no memory left: Python or the system says so, or there is none now.

    Where Python's own compiler or a library got none, it may say anything.
    """
    if isinstance(fault, MemoryError) or getattr(fault, "errno", None) == errno.ENOMEM:
        return True
    try:
        bytearray(_SPARE)
    except MemoryError:
        return True
    return False


def _limit(megabytes: int) -> None:
    """Hold the process's own memory under a limit where the system can; the parent looks as well."""
    if sys.platform != "win32":
        import resource

        # Not RLIMIT_AS: libraries map far more of the address space than they ever use.
        _, hard_limit = resource.getrlimit(resource.RLIMIT_DATA)
        limit = megabytes * _MB
        resource.setrlimit(
            resource.RLIMIT_DATA,
            (limit if hard_limit == resource.RLIM_INFINITY else min(limit, hard_limit), hard_limit),
        )


def _function(target: str) -> Callable[..., object]:
    module, name = _parts(target)
    return getattr(importlib.import_module(module), name)


def _failure_frame(fault: BaseException) -> _Frame:
    """A fault as an answer: one of our own by its message, any other by its traceback."""
    kind = type(fault)
    if kind.__module__.split(".")[0] == "dialogkort":
        return _as_json(_REFUSED, {"message": str(fault), "kind": f"{kind.__module__}:{kind.__qualname__}"})
    lines = "".join(traceback.format_exception(fault))
    return _as_json(_FAILED, lines[-_MAX_TRACEBACK_LENGTH:])


def _as_json(kind: bytes, value: object) -> _Frame:
    return _Frame(kind, json.dumps(value).encode())


if __name__ == "__main__":
    _serve()
