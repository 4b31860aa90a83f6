"""Plays the browser: says what a page says, and puts together what it is shown, whoever carries it.

A host serves one place: a dispatcher of our own, the widgets of a notebook, or the real command. Each opens
windows; a window is the same to a test whoever its host is.
"""

import hashlib
import hmac
import json
import os
import secrets
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlsplit

import websocket

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import is_id, new_id
from dialogkort.store import open_store
from dialogkort.ui import live_widget
from dialogkort.ui.coding.controller import CodingController
from dialogkort.ui.dispatcher import Dispatcher
from dialogkort.ui.overview.controller import OverviewController
from dialogkort.ui.paper_session.controller import PaperSessionController
from dialogkort.ui.plenum.controller import PlenumController
from dialogkort.ui.prepare.controller import PrepareController
from dialogkort.ui.roles import Access
from dialogkort.ui.share.phone import PhoneController
from dialogkort.ui.workshop.controller import WorkshopController
from dialogkort.worker_process import Worker

DETAILS = {"workshop": "Digital dag", "group": "Gruppe 1", "participants": 5, "date": "2026-03-02"}
SECONDS = 300  # that anything may take where others keep a slow machine busy
_NOBODY = {"current": None, "undo": None, "remote_move": None}  # what is null is not sent


def now():
    return time.time_ns() // 1_000_000


def stored_events(location):
    """Every event on the disk, by session."""
    store = open_store(location)
    try:
        return {session: store.events(session)[0] for session in store.sessions()}
    finally:
        store.close()


class Window:
    """A browser's page without the browser."""

    def __init__(self, connect):
        self._received = Queue()
        self.slices = {}
        self.messages = []  # everything that was said to this window
        self.reply = {}
        self.file = None  # what was downloaded last
        self.newest = ""
        self._line = connect(lambda message, file=None: self._received.put((message, file)))

    # --- what the page says ---------------------------------------------------------------------------

    def send(self, message):
        """Send a message as the page does; its reply."""
        return self.say(message)()

    def say(self, message):
        """Send a message, and give what waits for its reply."""
        self._line.send(json.loads(json.dumps(message)))
        return lambda: self._reply_to(_id_of(message))

    def _reply_to(self, to):
        while True:
            reply = self._take_in()
            if reply is not None and reply["to"] == to:
                return reply

    def ask(self, type, **fields):
        return self.send({"type": type, "id": new_id(now()), **fields})

    def event(self, what, **fields):
        """What has happened, as the page makes it: by its own clock, behind all it has seen."""
        seen = self.slices.get("table", {}).get("newest", "")
        self.newest = new_id(now(), after=max(self.newest, seen))
        return {"what": what, "id": self.newest, "session": self.session, **fields}

    def record(self, what, **fields):
        return self.send({"type": "event", "event": self.event(what, **fields)})

    def note(self, content, **fields):
        """Write a new note; its id."""
        note = new_id(now())
        reply = self.record("noted", note=note, text=content, kind="point", owner="", due="", **fields)
        assert not {"refused", "unsaved"} & set(reply), reply
        return note

    def begin(self, **details):
        """Say hello and begin a session."""
        self.ask("hello", session=None)
        reply = self.ask("start", details=DETAILS | details)
        assert reply["session"], reply
        return self

    def close(self):
        self._line.close()

    # --- what the page is shown -----------------------------------------------------------------------

    def until(self, seen, seconds=SECONDS):
        """Take in what is said until something is to be seen."""
        end = time.monotonic() + seconds
        while not seen():
            try:
                self._take_in(max(0.0, end - time.monotonic()))
            except Empty:
                raise AssertionError(f"not shown; last said: {self.messages[-1:]}") from None

    def unasked(self):
        """What was said to this window since the last time, and nobody here had asked for."""
        before = len(self.messages)
        self.ask("no such question")  # answered after all that was said before it
        return self.messages[before:-1]

    def picture(self):
        """All that is shown."""
        return json.loads(json.dumps(self.slices))

    @property
    def session(self):
        return self.reply.get("session")

    @property
    def table(self):
        return {**_NOBODY, **self.slices["table"]} if self.slices.get("table") else {}

    @property
    def pad(self):
        """The notes as the page sorts them."""
        return sorted(self.slices.get("notes", {}).values(), key=lambda note: note["begun"])

    @property
    def lobby(self):
        return self.slices["lobby"]

    @property
    def deck(self):
        return self.slices["deck"]

    @property
    def findings(self):
        return self.slices["findings"]

    def shown_once(self, name, ask):
        """Ask for a chart, a comparison or a file, and wait for it."""
        self.slices.pop(name, None)
        reply = ask()
        assert not {"refused", "unsaved"} & set(reply), reply
        self.until(lambda: name in self.slices)
        return self.slices[name]

    def _take_in(self, seconds=SECONDS):
        message, file = self._received.get(timeout=seconds)
        json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8")
        assert message["type"] == "state"
        assert message.keys() <= {"type", "whole", "set", "patch", "reply"}
        assert message.keys() > {"type"}, "an empty message is none"
        self.messages.append(message)
        self.file = file if file is not None else self.file
        if message.get("whole"):
            self.slices.clear()
        self.slices.update(json.loads(json.dumps(message.get("set", {}))))
        for name, keys in message.get("patch", {}).items():
            patched = self.slices.setdefault(name, {})
            for key, value in keys.items():
                if value is None:
                    patched.pop(key, None)
                else:
                    patched[key] = json.loads(json.dumps(value))
        if "reply" in message:
            self.reply = message["reply"]
        return message.get("reply")


def _id_of(message):
    """What a page waits for: the id of its message, or of its event."""
    if not isinstance(message, dict):
        return None
    named = message["event"] if isinstance(message.get("event"), dict) else message
    return named.get("id") if is_id(named.get("id")) else None


# --- who serves -------------------------------------------------------------------------------------------


@cache
def _worker(*environment):
    """A process for tasks, kept for all tests that run in the same environment."""
    return Worker()


class OwnDispatcher:
    """A dispatcher without anything around it."""

    def __init__(self, location, deck=None, **how):
        self.location = location
        self._deck = deck or read_deck()
        self.dispatcher = Dispatcher(location, **{"run_task": self.run_task, "poll_seconds": 0.05, **how})

    def run_task(self, task):
        settings = (item for item in sorted(os.environ.items()) if item[0].startswith("DIALOGKORT_"))
        worker = _worker(tempfile.gettempdir(), *settings)
        return worker.call(task.target, dict(task.arguments), seconds=SECONDS, megabytes=2_000)

    def open(self, screen="workshop", access=None, **more):
        """A window; with an `access` of its own it may do less than a facilitator's."""
        access = access or Access()
        makers = {
            "workshop": lambda context: WorkshopController(context, access, self._deck, **more),
            "overview": lambda context: OverviewController(context, access, **more),
            "coding": lambda context: CodingController(context, access, **more),
            "plenum": lambda context: PlenumController(context, access, **({"sharing": None} | more)),
            "phone": lambda context: PhoneController(context, access),
            "prepare": lambda context: PrepareController(context, access, self._deck, **more),
            "paper_session": lambda context: PaperSessionController(context, access, self._deck, **more),
        }
        return Window(lambda deliver: _Attached(self.dispatcher, makers[screen], deliver))

    def settle(self):
        """Wait until all that was begun is over: what was handed in, and looking for names."""
        self.dispatcher.call(lambda _: None)
        looked = threading.Event()
        self.dispatcher._checker.check(_InLine(looked.set), {"": ""}, ())  # notes are looked at in turn
        assert looked.wait(SECONDS)
        self.dispatcher.call(lambda _: None)

    @contextmanager
    def busy(self):
        """While this lasts the writer is at something else, and what is said shares the next commit."""
        begun, over = threading.Event(), threading.Event()

        def wait(_):
            begun.set()
            assert over.wait(SECONDS)

        waiting = threading.Thread(target=self.dispatcher.call, args=(wait,))
        waiting.start()
        assert begun.wait(SECONDS)
        yield
        over.set()
        waiting.join()

    def look(self):
        """Look now at what others have written, as is done every second."""
        self.dispatcher.call(lambda _: self.dispatcher._writer._poll_store())

    def keep_from_looking(self, until):
        """Nobody looks for names until an event is set."""
        self.dispatcher._checker.check(_InLine(lambda: until.wait(SECONDS)), {"": ""}, ())

    def close(self):
        self.dispatcher.close()


class _InLine:
    """Something in line with the windows whose notes are looked through."""

    def __init__(self, act):
        self._act = act

    def show_findings(self, _):
        self._act()


class _Attached:
    def __init__(self, dispatcher, make, deliver):
        self.window = dispatcher.attach(make, lambda message: deliver(*_with_file(message)))
        self.send, self.close = self.window.receive, self.window.close


def _with_file(message):
    message = json.loads(json.dumps(message))
    download = message.get("set", {}).get("download", {})
    return message, live_widget.read_and_delete(download.pop("file")) if "file" in download else None


class Notebook:
    """The widgets of one kernel; `close` is the kernel's end."""

    def __init__(self, location, deck=None):
        self.location = location
        self._deck = deck
        self.widgets = []

    def open(self, screen="workshop", **more):
        import dialogkort

        kind = screen.title().replace("_", "")
        more = {"deck": self._deck, **more} if screen == "workshop" else more
        self.widgets.append(getattr(dialogkort, kind)(where=self.location, **more))
        return Window(lambda deliver: _Comm(self.widgets[-1], deliver))

    @property
    def dispatcher(self):
        return live_widget.dispatcher_of(self.location)

    settle = OwnDispatcher.settle

    def close(self):
        if dispatcher := live_widget._dispatchers.pop(str(self.location), None):
            dispatcher.close()


class _Comm:
    """The wire between a widget and its page: what a kernel would send is taken as it goes out."""

    def __init__(self, widget, deliver):
        self._widget = widget
        self.close = widget.close
        widget.comm.publish_msg = lambda kind, data=None, metadata=None, buffers=None, **_: self._out(
            deliver, data, buffers
        )

    def _out(self, deliver, data, buffers):
        if data and data.get("method") == "custom":
            deliver(json.loads(json.dumps(data["content"])), bytes(buffers[0]) if buffers else None)

    def send(self, message):
        wire = {"method": "custom", "content": message}
        self._widget._handle_msg({"content": {"data": wire}, "buffers": []})


class Command:
    """The real command, in a process of its own."""

    def __init__(self, location):
        from running import run_module

        self.location = location
        where = ["--store", location] if str(location).startswith("postgres") else ["--folder", str(location)]
        self._running = contextmanager(run_module)(
            ["-m", "dialogkort.cli.app", "--no-browser", *where],
            DIALOGKORT_FOLDER="",
            HOME=os.environ.get("HOME", ""),
        )
        self.running = self._running.__enter__()
        parts = urlsplit(self.running.url)
        self.origin, self.key = f"{parts.scheme}://{parts.netloc}", parts.fragment.removeprefix("key=")

    def open(self, screen="workshop"):
        return Window(lambda deliver: Socket(self, screen, deliver))

    def close(self):
        self._running.__exit__(None, None, None)


class Socket:
    """A page's socket: shows that it has the key, and reads what comes on a thread of its own."""

    def __init__(self, command, screen, deliver):
        self._command = command
        self._line = websocket.create_connection(
            f"{command.origin.replace('http', 'ws', 1)}/socket/{screen}", origin=command.origin, timeout=60
        )
        nonce = json.loads(self._line.recv())["nonce"]
        mine = secrets.token_hex(16)
        self._say({"type": "sign_in", "nonce": mine, "proof": self._prove("browser", nonce, mine)})
        welcome = json.loads(self._line.recv())
        assert welcome["proof"] == self._prove("server", nonce, mine)
        self._access = welcome["access"]
        self._deliver = deliver
        threading.Thread(target=self._read, daemon=True).start()

    def _prove(self, who, theirs, mine):
        words = f"{who} {theirs} {mine}".encode()
        return hmac.new(self._command.key.encode(), words, hashlib.sha256).hexdigest()

    def send(self, message):
        self._say(message)

    def close(self):
        self._line.close()

    def _say(self, message):
        self._line.send(json.dumps(message))

    def _read(self):
        try:
            while content := self._line.recv():
                message = json.loads(content)
                path = message.get("set", {}).get("download", {}).get("path")
                self._deliver(message, self._fetch(path) if path else None)
        except (OSError, websocket.WebSocketException):
            pass  # the window was closed

    def _fetch(self, path):
        request = urllib.request.Request(
            f"{self._command.origin}/{path}", headers={"Authorization": f"Bearer {self._access}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()


HOSTS = {"dispatcher": OwnDispatcher, "notebook": Notebook, "command": Command}


@contextmanager
def hosts():
    """Makes hosts, as many as one likes, and closes them in the end."""
    opened = []

    def make(kind, location, *arguments, **how):
        opened.append(HOSTS[kind](location, *arguments, **how))
        return opened[-1]

    try:
        yield make
    finally:
        for host in reversed(opened):
            host.close()


_numbers = count()


def new_folder(tmp_path):
    return Path(tmp_path) / f"noter {next(_numbers)}"
