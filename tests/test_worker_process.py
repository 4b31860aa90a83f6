"""A task in a process of its own gives its result, or says why not, and never takes anybody along."""

import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

import dialogkort
from dialogkort.errors import TaskDied, TaskFailed, TaskMemory, TaskRefused, TaskTimeout
from dialogkort.worker_process import Worker, run

TASKS = '''
"""Tasks that behave in every way they should not, and a few that do."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path


class NotWanted(Exception):
    """One of Dialogkort's own."""


def add(a, b=0):
    return a + b


def pid():
    return os.getpid()


KEPT = []


def keep(megabytes):
    KEPT.append(os.urandom(megabytes << 20))


def picture(size):
    return bytes(size)


def chatty():
    print("J\\0\\0 æøå \\ud800", flush=True)
    print("to stderr", file=sys.stderr)
    os.write(1, b"J" + bytes(20))
    subprocess.run([sys.executable, "-c", "print('J' * 99)"], check=True)
    return [sys.stdin.read(), "whole"]


def endless():
    while True:
        pass


def endless_outside_python():
    re.match("(a+)+b", "a" * 40 + "c")


def greedy(megabytes):
    return len(bytearray(megabytes << 20))


def greedy_in_small_pieces(megabytes):
    return len([bytes(1 << 16) for _ in range(megabytes * 16)])


def greedy_outside_our_limit(megabytes):
    import mmap

    shared = mmap.mmap(-1, megabytes << 20)
    for megabyte in range(megabytes):  # 200 a second at most, whatever machine it is: somebody looks on
        for page in range(0, 1 << 20, 4096):
            shared[(megabyte << 20) + page] = 1
        time.sleep(0.005)
    time.sleep(600)


def crash():
    os.abort()


def leave():
    sys.exit(0)


def refuse():
    raise NotWanted("Kortet er væk.")


def fail():
    return 1 / 0


def strange():
    return {1, 2}


def say_pid_and(there, then):
    Path(there).write_text(f"{os.getpid()}\\n", encoding="utf-8")
    return globals()[then]()


def wait_for(there):
    while not Path(there).exists():
        time.sleep(0.01)
    return "there"
'''
SECONDS = 90  # that anything may take where others keep a slow machine busy
LIMITS = {"seconds": SECONDS, "megabytes": 200}


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """Dialogkort with one more module, as only its own functions may be called."""
    folder = tmp_path_factory.mktemp("package")
    source = Path(dialogkort.__file__).parent
    shutil.copytree(source, folder / "dialogkort", ignore=shutil.ignore_patterns("__pycache__", "_shipped"))
    (folder / "dialogkort" / "tasks.py").write_text(TASKS, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _tasks(package, monkeypatch):
    monkeypatch.syspath_prepend(package)


@pytest.fixture
def worker():
    with Worker() as worker:
        yield worker


def call(worker, name, /, **kwargs):
    return worker.call(f"dialogkort.tasks:{name}", kwargs, **LIMITS)


def until(is_so, seconds=SECONDS):
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def is_gone(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def printed_in(file):
    until(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("\n"))
    return int(file.read_text(encoding="utf-8"))


# --- what comes out ---------------------------------------------------------------------------------------


def test_a_task_gives_its_result_from_another_process():
    assert run("dialogkort.tasks:add", {"a": "æ", "b": "ø"}, **LIMITS) == "æø"
    assert run("dialogkort.tasks:pid", **LIMITS) != os.getpid()


def test_bytes_come_back_as_they_are(worker):
    assert call(worker, "picture", size=3_000_001) == bytes(3_000_001)
    assert call(worker, "picture", size=0) == b""


def test_what_a_task_prints_never_mixes_with_its_result(worker):
    assert call(worker, "chatty") == ["", "whole"]
    assert call(worker, "add", a=1) == 1


def test_what_a_task_prints_can_be_kept_in_a_log(tmp_path):
    with Worker(log=tmp_path / "log.txt") as worker:
        call(worker, "chatty")
    log = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "æøå \\ud800" in log and "to stderr" in log


def test_only_functions_of_dialogkort_can_be_named(worker):
    for target in ("os:abort", "dialogkort:read_deck", "dialogkort.tasks", "dialogkort.tasks:os.abort", "x:"):
        with pytest.raises(ValueError, match=r"'dialogkort\.module:function'"):
            worker.call(target, **LIMITS)
    assert worker.pid is None


def test_an_exception_of_dialogkorts_own_comes_back_as_its_message(worker):
    with pytest.raises(TaskRefused, match=r"^Kortet er væk\.$") as caught:
        call(worker, "refuse")
    assert caught.value.kind == "dialogkort.tasks:NotWanted"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("fail", "ZeroDivisionError"), ("strange", "JSON"), ("leave", "SystemExit"), ("nothing", "nothing")],
)
def test_a_fault_in_a_task_comes_back_with_its_traceback_and_the_process_goes_on(worker, name, expected):
    before = call(worker, "pid")
    with pytest.raises(TaskFailed, match=expected):
        call(worker, name)
    assert call(worker, "pid") == before


# --- what is stopped --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["endless", "endless_outside_python"])
def test_a_task_without_end_is_stopped_when_its_time_is_over(worker, name):
    call(worker, "add", a=1)
    begun, pid = time.monotonic(), worker.pid
    with pytest.raises(TaskTimeout, match=r"mere end 0\.5 sekunder"):
        worker.call(f"dialogkort.tasks:{name}", seconds=0.5, megabytes=200)
    assert time.monotonic() - begun < SECONDS
    assert is_gone(pid)
    assert call(worker, "add", a=1) == 1


@pytest.mark.parametrize("name", ["greedy", "greedy_in_small_pieces", "greedy_outside_our_limit"])
def test_a_task_that_wants_10_gb_is_stopped_with_far_less(worker, name):
    most = []
    watching = threading.Event()

    def watch():
        while not watching.wait(0.01):
            child = worker._child
            most.append(child.memory() if child else 0)

    threading.Thread(target=watch, daemon=True).start()
    with pytest.raises(TaskMemory, match="mere end 200 MB"):
        call(worker, name, megabytes=10_000)
    watching.set()
    assert max(most) < 1_000 << 20
    assert call(worker, "add", a=1) == 1


def test_a_result_larger_than_the_memory_allowed_is_never_taken_in(worker):
    with pytest.raises(TaskMemory):
        worker.call("dialogkort.tasks:picture", {"size": 150 << 20}, seconds=SECONDS, megabytes=100)


def test_a_crash_is_told_and_the_next_task_gets_a_new_process(worker):
    before = call(worker, "pid")
    with pytest.raises(TaskDied, match="afbrudt"):
        call(worker, "crash")
    assert call(worker, "pid") != before


def test_a_process_killed_between_two_tasks_is_replaced_and_the_next_task_notices_nothing(worker):
    process = psutil.Process(call(worker, "pid"))
    process.kill()
    process.wait(60)
    assert call(worker, "add", a=1) == 1


# --- a process that is kept -------------------------------------------------------------------------------


def test_one_process_does_one_task_after_another(worker):
    assert len({call(worker, "pid") for _ in range(5)}) == 1


def test_many_threads_may_call_at_once_and_each_gets_its_own_answer(worker):
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda n: call(worker, "add", a=n), range(100))) == [*range(100)]


def test_a_process_that_has_grown_is_replaced_before_a_task_that_may_have_less(worker):
    before = call(worker, "pid")
    call(worker, "keep", megabytes=60)
    assert call(worker, "pid") == before
    assert worker.call("dialogkort.tasks:pid", seconds=SECONDS, megabytes=100) != before


def test_an_idle_process_ends_and_comes_back_when_asked():
    with Worker(idle_seconds=0.05) as worker:
        before = call(worker, "pid")
        until(lambda: is_gone(before))
        assert worker.pid is None
        assert call(worker, "pid") != before


def test_closing_ends_a_task_in_its_midst_and_takes_no_more(tmp_path, worker):
    with ThreadPoolExecutor(1) as threads:
        going = threads.submit(call, worker, "say_pid_and", there=str(tmp_path / "pid"), then="endless")
        pid = printed_in(tmp_path / "pid")
        worker.close()
        with pytest.raises(TaskDied):
            going.result(timeout=SECONDS)
    assert is_gone(pid)
    with pytest.raises(TaskDied):
        call(worker, "add", a=1)


def test_a_worker_that_nobody_holds_any_more_leaves_no_process():
    worker = Worker()
    pid = call(worker, "pid")
    worker._stop_timer()
    del worker
    until(lambda: is_gone(pid))


def test_a_module_in_the_folder_one_stands_in_is_not_taken_for_pythons_own(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("dialogkort.tasks:add", {"a": 1}, **LIMITS) == 1


# --- the parent -------------------------------------------------------------------------------------------

PARENT = """
import sys
from dialogkort.worker_process import Worker
worker = Worker()
kwargs = {"there": sys.argv[1], "then": sys.argv[2]}
worker.call("dialogkort.tasks:say_pid_and", kwargs, seconds=int(sys.argv[3]), megabytes=200)
"""


@pytest.mark.parametrize(("name", "seconds"), [("endless", 600), ("endless_outside_python", 1)])
def test_a_killed_parent_takes_its_child_along_within_seconds(tmp_path, package, name, seconds):
    parent = _python(package, PARENT, tmp_path / "pid", name, seconds)
    child = printed_in(tmp_path / "pid")
    parent.kill()
    parent.communicate()
    until(lambda: is_gone(child))


def test_a_parent_that_ends_by_itself_leaves_no_child_and_no_complaint(tmp_path, package):
    parent = _python(package, PARENT, tmp_path / "pid", "pid", SECONDS)
    _, complaint = parent.communicate(timeout=SECONDS)
    assert (parent.returncode, complaint) == (0, b"")
    until(lambda: is_gone(printed_in(tmp_path / "pid")))


NO_CONSOLE = """
import os, sys
from pathlib import Path
from dialogkort.worker_process import run
assert sys.stdin is sys.stdout is sys.stderr is None
told = run("dialogkort.tasks:chatty", seconds=90, megabytes=200)
Path(sys.argv[1]).write_text(repr(told), encoding="utf-8")
"""


@pytest.mark.skipif(os.name == "nt", reason="closes the three streams as a shell of POSIX does")
def test_a_parent_without_a_console_gets_its_result_too(tmp_path, package):
    line = 'exec "$0" "$@" <&- >&- 2>&-'
    subprocess.run(
        ["sh", "-c", line, sys.executable, "-c", NO_CONSOLE, str(tmp_path / "told")],
        env={**os.environ, "PYTHONPATH": str(package)},
        check=True,
        timeout=SECONDS,
    )
    assert (tmp_path / "told").read_text(encoding="utf-8") == "['', 'whole']"


def _python(package, code, *args):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        env={**os.environ, "PYTHONPATH": str(package)},
        stderr=subprocess.PIPE,
    )
