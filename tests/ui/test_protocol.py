"""What travels between page and screen, piece by piece: messages, views, the pace, the key."""

import doctest
import importlib
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dialogkort
from dialogkort.domain.event_ids import new_id
from dialogkort.errors import InvalidAction
from dialogkort.server.gate import Gate, TokenBucket, names_of
from dialogkort.server.keys import Challenge, Key, compute_proof, keep_key, new_key, read_key
from dialogkort.ui.messages import MESSAGES, read_message, reply_id
from dialogkort.ui.view_state import ViewState

PACKAGE = Path(dialogkort.__file__).parent
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_are_true(name, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0


# --- messages ---------------------------------------------------------------------------------------------

in_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "id",
    "session",
    "event",
    "details",
    "scope",
    "workshop",
    "for_my_eyes",
    "sessions",
    "note",
    "coder",
    "name",
    "address",
    "is_open",
    "code",
    "device",
)
nearly = st.builds(
    lambda type, fields: {"type": type, **fields},
    st.sampled_from(list(MESSAGES)) | st.text(max_size=3),
    st.dictionaries(st.sampled_from(NAMES), in_json | st.just(new_id(5)), max_size=4),
)


@given(record=in_json | nearly)
def test_a_record_is_one_of_the_messages_or_refused_and_nothing_else_happens(record):
    before = json.dumps(record)
    try:
        message = read_message(record)
    except InvalidAction:
        message = None
    assert message is None or type(message) in MESSAGES.values()
    assert json.dumps(record) == before
    assert reply_id(record) is None or reply_id(record) in before


@given(type=st.sampled_from(list(MESSAGES)), name=st.text(min_size=1), value=in_json)
def test_a_field_that_a_message_does_not_have_is_refused(type, name, value):
    if name not in NAMES:
        with pytest.raises(InvalidAction):
            read_message({"type": type, name: value})


# --- what a window is told --------------------------------------------------------------------------------

names = st.sampled_from(["deck", "table", "notes"])
keys, values = st.sampled_from(["a", "b", "c"]), st.none() | st.integers(0, 2)
steps = st.one_of(
    st.tuples(st.just("set_key"), st.sampled_from(["table", "notes"]), keys, values),
    st.tuples(st.just("set_keyed"), st.sampled_from(["table", "notes"]), st.dictionaries(keys, values)),
    st.tuples(st.just("set"), st.just("deck"), values),
    st.tuples(st.just("have_keys"), st.just("notes")),
    st.tuples(st.just("send_once"), st.just("chart"), values),
    st.tuples(st.just("mark_all_changed")),
    st.tuples(st.just("changes")),
)


@given(st.lists(steps, max_size=20))
def test_a_window_that_merges_what_it_is_told_shows_what_is_to_be_shown_and_nothing_twice(steps):
    view, merged = ViewState(), {}
    for act, *how in [*steps, ("changes",)]:
        if act != "changes":
            getattr(view, act)(*how)
            continue
        message = json.loads(json.dumps(view.changes()))
        if message.get("whole"):
            merged = {}
        merged |= message.get("set", {})
        for name, patch in message.get("patch", {}).items():
            patched = {**merged.get(name, {}), **patch}
            merged[name] = {key: value for key, value in patched.items() if value is not None}
        assert view.changes() == {}, "it was told"
    for name in ("deck", "table", "notes"):
        assert (merged.get(name) or None) == (view.get(name) or None)


# --- the pace, and the door -------------------------------------------------------------------------------


@given(
    gaps=st.lists(st.floats(0, 2), min_size=1, max_size=60),
    per_second=st.integers(1, 50),
    at_once=st.integers(1, 20),
)
def test_whoever_waits_as_told_is_never_faster_than_the_pace_and_nothing_is_dropped(
    gaps, per_second, at_once
):
    pace, now, taken = TokenBucket(per_second, at_once, now=0.0), 0.0, []
    for gap in gaps:
        now += gap
        now += pace.wait(now)
        taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            allowed = at_once + (taken[last] - taken[first]) * per_second + 1e-6
            assert last - first + 1 <= allowed + 1


def test_a_page_of_elsewhere_or_a_name_that_leads_here_opens_no_socket():
    gate = Gate(names_of(("127.0.0.1", "localhost", "::1"), 8866))
    assert gate.hosts == {"127.0.0.1:8866", "localhost:8866", "[::1]:8866"}
    assert gate.allows_origin("http://localhost:8866", "LOCALHOST:8866")
    for origin, host in (
        (None, "localhost:8866"),
        ("null", "localhost:8866"),
        ("http://localhost:8867", "localhost:8866"),
        ("http://127.0.0.1:8866", "localhost:8866"),
        ("http://evil.example", "evil.example"),
        ("http://evil.example:8866", "localhost:8866"),
        ("file://localhost:8866", "localhost:8866"),
        ("http://localhost:8866", None),
    ):
        assert not gate.allows_origin(origin, host), (origin, host)


# --- the key ----------------------------------------------------------------------------------------------


any_text = st.text(st.characters(categories=None), max_size=140)  # a lone surrogate too, as JSON can hold it


@given(nonce=any_text | st.none() | st.integers(), proof=any_text | st.none())
def test_only_who_has_the_key_is_let_in(nonce, proof):
    challenge = Challenge(new_key().token, "server-nonce")
    assert not challenge.verify(nonce, proof)
    assert not challenge.is_key(nonce)


@given(nonce=st.text(st.characters(codec="ascii"), min_size=16, max_size=128))
def test_a_proof_is_good_for_one_question_and_for_one_side_only(nonce):
    key = new_key().token
    challenge, other = Challenge(key, "one"), Challenge(key, "other")
    proof = compute_proof(key, "browser", "one", nonce)
    assert challenge.verify(nonce, proof)
    assert not other.verify(nonce, proof)
    assert challenge.answer(nonce) not in (proof, other.answer(nonce))
    assert not challenge.verify(nonce, challenge.answer(nonce))


def test_a_folders_key_is_the_same_the_next_time_at_its_port_and_for_this_user_only(tmp_path):
    assert read_key(tmp_path) != read_key(tmp_path), "there is none yet"
    key = new_key().for_port(8866)
    keep_key(tmp_path, key)
    assert read_key(tmp_path) == key
    assert key.for_port(8866) == key
    assert key.for_port(8867).token != key.token, "somebody else may have its port now"
    (key_file,) = tmp_path.iterdir()
    if os.name == "posix":
        assert key_file.stat().st_mode & 0o777 == 0o600
        key_file.chmod(0o644)
        assert read_key(tmp_path) != key, "others may have read it"


@pytest.mark.parametrize("content", ["", "x 1", "æ" * 32 + " 8866", "a" * 32 + " 0", "a" * 32 + " 70000"])
def test_a_key_that_somebody_has_spoilt_is_none(tmp_path, content):
    keep_key(tmp_path, Key("a" * 32, 8866))
    (key_file,) = tmp_path.iterdir()
    key_file.write_text(content, encoding="utf-8")
    assert read_key(tmp_path).port is None
