"""Every screen at every size in both themes: pictures of them, and what geometry and axe-core find wrong.

`python tests/browser/screens_in_every_size.py FOLDER [SCREEN ...]` saves the pictures and prints the faults.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from browser_steps import OF_COLOURS, WCAG_AND_A_HEADING, axe_faults, button, part, saved, stage_is, words
from joining import join, join_as_phone
from playwright.sync_api import Page, sync_playwright
from running import Running, launch_arguments, run_command

from dialogkort.decks.reading import read_deck
from dialogkort.domain.events import Agreement, NoteKind, SkipReason, VoteSubject
from dialogkort.sessions.plenum import Plenum, open_plenum
from dialogkort.sessions.session import Session, start
from dialogkort.sessions.workshop_plan import WorkshopPlan, begin
from dialogkort.store import FILE_NAME, Store, catalogues, open_store

SIZES = (
    (1280, 720),
    (1920, 1080),
    (390, 844),
    (844, 390),
    (820, 1180),
    (640, 360),  # 1280 × 720 at 200 %
    (320, 640),
    (320, 180),  # 1280 × 720 at 400 %
)
AXE_SIZES = ((1280, 720), (390, 844))
THEMES = ("light", "dark")
LONGEST = "medarbejderen-10"
_WORKSHOP = "Digitaliseringsstrategiimplementeringsworkshop i Børne- og Ungeforvaltningen, Vejle-Hedensted"
LONGEST_THEME = "Tid til at øve sig på informationssikkerhedskoordinatoropgaverne i hverdagen"
_GROUP = "Hverdagsrehabiliteringsmedarbejderne"
_NOTES = (
    ("Vi øver os på hinanden, før vi møder borgeren, og skriver det ned bagefter.", {}),
    ("Fagsystemet logger af midt i en samtale.", {"kind": NoteKind.EXAMPLE}),
    ("Speciallægepraksisplanlægningsstabiliseringsperiodeudløbsdatoer.", {"kind": NoteKind.DISAGREEMENT}),
    ("Alle skal kunne sende sikkert til egen læge.", {"kind": NoteKind.COMPETENCE_NEED}),
    ("Hanne Sørensen ringer til leverandøren om den nye visning af borgerens plan.",
     {"kind": NoteKind.NEXT_STEP, "owner": "Hanne og Abdirahman fra aftenvagten", "due": "2026-12-18"}),
)  # fmt: skip
_OWN_DECK = "Område;Spørgsmål;Eksempler\nMøder;Hvad er digi- tale møder?;a|b\n;Hvem skriver ned?;\n"


def prepare(folder: Path) -> dict[str, str]:
    """Sessions for the screens, by the screen's name; the last one is a workshop of today."""
    store = open_store(folder)
    sessions = {
        name: _session(store, name) for name in ("opening", "table", "card", "notes", "end", "answered")
    }
    _play(sessions["table"])
    for name in ("card", "notes"):
        sessions[name].turn(LONGEST)
    _play(sessions["end"])
    sessions["end"].turn(LONGEST)
    for name in ("notes", "end"):
        for content, fields in _NOTES:
            sessions[name].note(content, card=LONGEST, **fields)
    sessions["notes"].remove_note(sessions["notes"].note("Det sagde Bo fra aftenvagten.", card=LONGEST))
    sessions["end"].end()
    for rating, word in ((5, "Ærligt"), (4, "Overraskende"), (4, ""), (2, "Speciallægepraksisplanlægning")):
        sessions["answered"].rate(rating, word)
    sessions["answered"].show_ratings()
    sessions["answered"].keep_until("2027-01-31")
    sessions["answered"].end()
    sessions["answered"].keep_until("2026-10-31")
    sessions["paper"] = _session(store, "paper", typed_in=True)
    _play(sessions["paper"])
    for content, fields in _NOTES:
        sessions["paper"].note(content, card=LONGEST, **fields)
    sessions["run"] = _session(store, "run")
    sessions["run"].turn(LONGEST)
    sessions["silence"] = _session(store, "silence")
    sessions["silence"].turn(LONGEST)
    sessions["silence"].begin_silence(LONGEST)
    silent = [sessions["silence"].note_silently(LONGEST, content) for content, _ in _NOTES]
    sessions["silence"].show_silent_notes(LONGEST)
    sessions["silence"].note(_NOTES[0][0], note=silent[0], card=LONGEST)
    sessions["inviting"] = _session(store, "inviting")
    sessions["inviting"].turn(LONGEST)
    sessions["inviting"].begin_silence(LONGEST)
    sessions["earlier"] = _session(store, "earlier", day="2026-12-05")
    sessions["earlier"].follow_up(sessions["end"].id)
    sessions["later"] = _session(store, "later", day="2026-12-05")
    sessions["later"].follow_up(sessions["end"].id)
    _play(sessions["later"])
    sessions["later"].end()
    sessions["prepared"] = _plan(store, folder).start_group(workshop=_WORKSHOP, group=_GROUP)
    plan = sessions["prepared"].dealt.prepared
    for name in ("vote_open", "vote_shown"):
        sessions[name] = _voting(store, name)
    store.close()
    return {"plan": plan} | {name: session.id for name, session in sessions.items()}


def _voting(store: Store, name: str) -> Session:
    """A group of a workshop that votes on themes with long names, or has voted."""
    session = start(store, read_deck(), workshop=name, group=_GROUP, date="2026-11-27")
    notes = [session.note(content, opening_question=1) for content, _ in _NOTES]
    room = open_plenum(store, [session.id], name)
    for note, theme in zip(notes, (LONGEST_THEME, "Tid", "Fagsystemer der taler sammen"), strict=False):
        room.gather({note: session.id}, theme)
    themes = [theme.id for theme in room.themes]
    room.open_vote(VoteSubject.THEMES, themes, 3)
    room.count_hands(themes[1], 7)
    for voter in range(19):
        chosen = themes[: 1 + voter % 3]
        room.cast_vote(room.newest_vote.id, str(voter), chosen)
    if name == "vote_shown":
        room.show_votes()
    return session


def _session(store, name: str, *, typed_in: bool = False, day: str = "2026-11-28") -> Session:
    details = {
        "workshop": _WORKSHOP,
        "group": f"{_GROUP} {name}",
        "unit": "Aften",
        "organisation": "Vejle Kommune",
    }
    day = date.today().isoformat() if typed_in or name == "inviting" else day
    return start(store, read_deck(), seed=7, date=day, participants=6, typed_in=typed_in, **details)


def _plan(store: Store, folder: Path) -> WorkshopPlan:
    """A workshop to come with everything in it that can be prepared."""
    plan = begin(store, read_deck(), workshop=_WORKSHOP, organisation="Vejle Kommune", starts="09:10")
    plan.change(
        date=date.today().isoformat(),
        groups=(_GROUP, "Blå", "Grøn"),
        purpose="Et fælles sprog for, hvor vi møder digitale værktøjer, og hvad det kræver af os.",
        rules="Alle kommer til orde.\nDet, vi siger om andre, bliver her.",
        turner="Går på omgang",
        timekeeper="Hanne Sørensen",
        catalogue="https://intra.kommune.dk/kompetencer",
        breaks=10,
        opening_questions=("Hvornår hjalp et digitalt værktøj dig sidst?", "Hvad er du nysgerrig på?"),
        left_out=(LONGEST,),
    )
    file = folder / "katalog.txt"
    file.write_text("Kompetencer\n\nLæse og skrive digitalt\nBruge fagsystemer\n" * 20, encoding="utf-8")
    name, digest = catalogues.keep(folder, file, "Kompetencekatalog for ældreområdet i Vejle Kommune.txt")
    plan.change(catalogue_file=name, catalogue_digest=digest)
    area = plan.deck.areas[1].name
    plan.ask("Hvad betyder sprogmodeller for vores arbejde?", area, ("At skrive breve", "at få svar"))
    return plan


def _play(session: Session) -> None:
    """A table with every kind of card on it; two of them are still open."""
    ways = [*Agreement, None]
    reasons = [*SkipReason, None]
    for index, card in enumerate(session.table.face_down[:14]):
        session.turn(card)
        for number in range(index % 3):
            session.note(f"Note {number}", card=card)
        if index < 7:
            session.discuss(card, ways[index % len(ways)])
        elif index < 12:
            session.skip(card, reasons[index - 7])


# --- how a screen is reached ------------------------------------------------------------------------------


def _start(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page())
    page.locator("[data-screen=start] form").wait_for()


def _at(page: Page, at: "ServedScreens", session: str, mode: str) -> None:
    page.goto(at.running.page(at.sessions[session]))
    stage_is(page, mode)
    saved(page)


def _reasons(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "card", "card")
    button(page, "skip.why").click()


def _table(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "table", "card")
    button(page, "card.to_table").click()
    stage_is(page, "none")


def _overview(page: Page, at: "ServedScreens") -> None:
    _table(page, at)
    button(page, "bar.overview").click()
    page.get_by_text(words("overview.figures")).wait_for()


def _guide(page: Page, at: "ServedScreens") -> None:
    _start(page, at)
    button(page, "bar.guide").click()


def _help(page: Page, at: "ServedScreens") -> None:
    _start(page, at)
    button(page, "help.title").click()
    page.get_by_role("dialog", name=words("help.title")).get_by_role("img").first.wait_for()


def _details(page: Page, at: "ServedScreens") -> None:
    _table(page, at)
    button(page, "details.correct").click()


def _all_notes(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "notes", "card")
    button(page, "bar.notes").click()
    part(page, "removed").locator("summary").click()


def _download(page: Page, at: "ServedScreens") -> None:
    """With a file that has come; a name in the notes was asked about before."""
    _places(page, at)
    button(page, "download.go_on").click()
    page.locator("[data-part=file][data-state=done]").wait_for()


def _places(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "notes", "card")
    button(page, "download.button").click()
    page.locator("[data-file=xlsx]").click()
    part(page, "places").wait_for()


def _print(page: Page, at: "ServedScreens") -> None:
    _start(page, at)
    button(page, "print.button").click()
    page.locator(".dk-panel-print summary").click()


def _timer(page: Page, at: "ServedScreens") -> None:
    """Time is up, while everybody writes alone."""
    _tools(page, at)
    page.get_by_label(words("silence.minutes")).fill("0.02")
    button(page, "silence.begin").click()
    page.locator(".dk-timer[data-state=over]").wait_for()
    button(page, "silence.end").wait_for()


def _tools(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "run", "card")
    if page.locator(".dk-menu-button").is_visible():
        button(page, "bar.more").click()
    button(page, "tools.title").click()
    button(page, "begins.draw").click()
    part(page, "drawn").filter(has_text=words("begins.drawn", number="")[:8]).wait_for()


def _silent_notes(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "silence", "card")
    button(page, "silence.look", count=len(_NOTES)).click()


def _end(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(at.sessions["end"]))
    page.get_by_role("heading", name=words("end.title")).wait_for()


def _earlier(page: Page, at: "ServedScreens") -> None:
    _start(page, at)
    page.locator(".dk-session", has_text=f"{_GROUP} earlier").click()
    page.get_by_role("dialog", name=words("follow_up.title")).wait_for()


def _then_and_now(page: Page, at: "ServedScreens") -> None:
    """With every figure of the two days."""
    page.goto(at.running.page(at.sessions["later"]))
    button(page, "then_and_now.title").click()
    dialog = page.get_by_role("dialog", name=words("then_and_now.title"))
    dialog.get_by_role("checkbox").check()
    figures = dialog.get_by_text(words("then_and_now.notes", count=8))
    figures.first.wait_for(timeout=120_000)  # both charts, the first with all its libraries


def _answered(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(at.sessions["answered"]))
    page.get_by_text("Overraskende").wait_for()


def _erase(page: Page, at: "ServedScreens") -> None:
    _start(page, at)
    page.locator(".dk-session-row .dk-way-out").last.click()


def _coding_start(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(screen="kodning"))
    page.get_by_label(words("coding.who")).wait_for()


def _coding(page: Page, at: "ServedScreens") -> None:
    _coding_start(page, at)
    if page.locator("[data-sitting=false]").count():
        page.get_by_label(words("coding.who")).fill("Anna")
        page.get_by_label(words("coding.who")).press("Enter")
    page.locator("[data-note][aria-current]").wait_for()


def _overblik(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(screen="overblik"))
    page.get_by_role("checkbox", name=words("overview.for_my_eyes")).check()
    part(page, "bars").wait_for()


def _bringing(page: Page, at: "ServedScreens") -> None:
    """With a group that has come in, and a file that could not be read."""
    _start(page, at)
    button(page, "import.button").click()
    longest = f"{_GROUP} på papir og skærm.zip"
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        start(store, read_deck(), workshop=_WORKSHOP, group=_GROUP, date="2026-11-28")
        store.close()
        (Path(folder) / longest).write_bytes(b"PK")
        with page.expect_file_chooser() as choosing:
            button(page, "import.choose_files").click()
        choosing.value.set_files([Path(folder) / name for name in (FILE_NAME, longest)])
        page.locator("[data-part=imported][data-state=partly]").wait_for()


def _plenum(page: Page, at: "ServedScreens", tab: str) -> None:
    """Groups with long names and every kind of card; long words in the notes, and some of them covered."""
    page.goto(at.running.page(screen="plenum"))
    choice = page.get_by_role("combobox", name=words("plenum.which"))
    choice.select_option(label=f"{_WORKSHOP} · Vejle Kommune · 28. november 2026")
    page.get_by_role("tab", name=words(f"plenum.tab.{tab}")).click()
    page.get_by_text(f"{_GROUP} end").locator("visible=true").first.wait_for()


def _plenum_board(page: Page, at: "ServedScreens") -> None:
    """Two notes chosen, beside others that lie under a theme."""
    _plenum(page, at, "board")
    boxes = page.locator("[data-note] input")
    if not page.locator("[data-part=board] h2", has_text=LONGEST_THEME).count():
        for place in range(3):
            boxes.nth(place).check()
        page.get_by_label(words("plenum.theme_name")).fill(LONGEST_THEME)
        page.get_by_label(words("plenum.theme_name")).press("Enter")
    page.get_by_label(words("plenum.filter.by")).select_option("theme")
    page.locator("[data-part=board] h2", has_text=LONGEST_THEME).wait_for()
    for place in range(2):
        boxes.nth(place).check()


def _plenum_cards(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(screen="plenum"))
    choice = page.get_by_role("combobox", name=words("plenum.which"))
    choice.select_option(label=f"{_WORKSHOP} · Vejle Kommune · 28. november 2026")
    page.get_by_role("tab", name=words("plenum.tab.cards")).click()
    page.get_by_text(words("plenum.several.discussed")).wait_for()


def _plenum_vote(page: Page, at: "ServedScreens", name: str) -> None:
    page.goto(at.running.page(screen="plenum"))
    page.get_by_role("combobox", name=words("plenum.which")).select_option(
        label=f"{name} · 27. november 2026"
    )
    page.get_by_role("tab", name=words("plenum.tab.vote")).click()
    part(page, "vote").get_by_text(LONGEST_THEME).locator("visible=true").wait_for()


def _plenum_vote_open(page: Page, at: "ServedScreens") -> None:
    """Hands are being counted for one of the themes."""
    _plenum_vote(page, at, "vote_open")
    part(page, "standing").get_by_role("button", name=words("plenum.vote.count")).first.click()


def _plenum_vote_form(page: Page, at: "ServedScreens") -> None:
    _plenum_vote(page, at, "vote_shown")
    button(page, "plenum.vote.anew").click()


def _table_vote(page: Page, at: "ServedScreens") -> None:
    _at(page, at, "vote_open", "opening")
    button(page, "opening.to_cards").click()
    button(page, "vote.open").click()
    page.get_by_role("dialog").get_by_text(LONGEST_THEME).wait_for()


def _papir_start(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(screen="papir"))
    page.locator("[data-screen=start] form").wait_for()


def _papir(page: Page, at: "ServedScreens") -> None:
    """The longest card in hand with its notes, below all the lines before it."""
    page.goto(at.running.page(at.sessions["paper"], "papir"))
    part(page, "line").fill("10 f 12")
    part(page, "line").press("Enter")
    page.locator("[data-line][aria-current]").wait_for()
    saved(page)


def _papir_fault(page: Page, at: "ServedScreens") -> None:
    """Words that several cards have, and what is to be done about it."""
    page.goto(at.running.page(at.sessions["paper"], "papir"))
    part(page, "line").fill("digital")
    part(page, "line").press("Enter")
    page.get_by_role("alert").filter(has_text=words("paper.several")).wait_for()


def _catalogue(page: Page, at: "ServedScreens") -> None:
    """The catalogue's file as the tables see it; its name is one long word."""
    _at(page, at, "prepared", "opening")
    button(page, "prepare.catalogue").click()
    part(page, "catalogue").locator("pre").wait_for()


def _share_begin(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(screen="del"))
    part(page, "room").or_(page.locator("form")).locator("visible=true").first.wait_for()
    if part(page, "room").is_visible():
        button(page, "share.end").click()
        button(page.get_by_role("dialog"), "share.end").click()
    button(page, "share.begin").wait_for()


def _shared(page: Page, at: "ServedScreens") -> str:
    """Share the day's workshop here, with a group of a long name; the address that devices call."""
    _share_begin(page, at)
    page.evaluate(_HERE_TOO)
    button(page, "share.begin").click()
    part(page, "code").wait_for()
    origin, code = part(page, "address").inner_text(), part(page, "code").inner_text()
    join(origin, code, _GROUP)
    part(page, "groups").get_by_text(_GROUP).first.wait_for()
    return f"{origin}/#code={code}"


def _share_devices(page: Page, at: "ServedScreens") -> None:
    _shared(page, at)
    part(page, "groups").locator("summary").first.click()
    part(page, "groups").get_by_role("button").first.wait_for()


def _share_remove(page: Page, at: "ServedScreens") -> None:
    _share_devices(page, at)
    part(page, "groups").get_by_role("button").first.click()
    page.get_by_role("dialog", name=words("share.remove")).wait_for()


def _invitation(page: Page, at: "ServedScreens") -> None:
    """On a group's own screen, while everybody writes alone."""
    address = _shared(page, at)
    page.goto(at.running.page(at.sessions["inviting"]))
    stage_is(page, "card")
    button(page, "silence.invite").click()
    page.get_by_role("img", name=words("share.qr", address=address.partition("/#")[0])).wait_for()


def _share_late(page: Page, at: "ServedScreens") -> None:
    page.clock.install()
    _shared(page, at)
    page.clock.run_for(31_000)
    page.get_by_text(words("share.late_hotspot")).wait_for()


def _joining_code(page: Page, at: "ServedScreens") -> None:
    address = _shared(page, at)
    page.goto(address.partition("#")[0])
    button(page, "join.show").wait_for()


def _joining_group(page: Page, at: "ServedScreens") -> None:
    page.goto(_shared(page, at))
    button(page, "join.begin").wait_for()


def _joining_phone(page: Page, at: "ServedScreens") -> None:
    """A phone whose group was prepared, and has not begun."""
    page.goto(_shared(page, at))
    page.get_by_label(words("join.as_phone")).check()
    page.get_by_label("Blå").check()
    button(page, "join.begin").click()
    part(page, "waiting").wait_for()


def _share_other(page: Page, at: "ServedScreens") -> None:
    """A workshop that was not prepared."""
    _share_begin(page, at)
    page.get_by_label(words("share.which")).select_option(label=words("share.another"))
    page.get_by_label(words("start.workshop"), exact=True).fill(_WORKSHOP)


def _phone(page: Page, at: "ServedScreens") -> None:
    """A participant's own phone, with one note handed in and the next half-written."""
    address = _shared(page, at)
    path, group = _joined_phone(address)
    with closing(open_store(at.folder)) as store:
        _close_votes(store)
        session = Session(store, group)
        card = session.table.face_down[0]  # the plan of the day has chosen its cards
        session.turn(card)
        session.begin_silence(card)
    page.goto(f"{address.partition('#')[0]}{path}")
    field = page.get_by_label(words("phone.field"))
    field.fill(_NOTES[0][0])
    button(page, "phone.hand_in").click()
    page.get_by_text(words("phone.handed_in", count=1)).first.wait_for()
    field.fill(_NOTES[2][0])


def _close_votes(store: Store) -> None:
    """Nobody votes any more in the workshops that phones have joined: they show their card."""
    for id in store.plenums_with_votes():
        room = Plenum(store, id)
        if room.newest_vote and not room.newest_vote.is_shown and "vote_open" not in room.name:
            room.show_votes()


def _phone_vote(page: Page, at: "ServedScreens") -> None:
    """The room votes, and this phone has chosen as many as it may."""
    address = _shared(page, at)
    path, group = _joined_phone(address)
    page.goto(f"{address.partition('#')[0]}{path}")
    with closing(open_store(at.folder)) as store:
        session = Session(store, group)
        notes = [session.note(content, opening_question=1) for content, _ in _NOTES]
        room = open_plenum(store, [group], group)
        room.open_vote(VoteSubject.NOTES, notes, 2)
        boxes = part(page, "vote").get_by_role("checkbox")
        for place in range(2):
            boxes.nth(place).check()
        page.get_by_text(words("phone.vote_saved", count=2)).wait_for()
        room.catch_up()


def _joined_phone(address: str) -> tuple[str, str]:
    """A phone joins a group of its own: the path of its address, and the group's session."""
    origin, _, code = address.partition("/#code=")
    return join_as_phone(origin, code, "Lægehuset ved Gåsebæk")


def _prepare_start(page: Page, at: "ServedScreens") -> None:
    page.goto(at.running.page(screen="forbered"))
    if part(page, "status").is_visible():
        button(page, "prepare.all").click()
    button(page, "prepare.begin").wait_for()


def _prepare(page: Page, at: "ServedScreens") -> None:
    _prepare_start(page, at)
    page.locator(".dk-prep-plan").first.click()
    part(page, "status").wait_for()
    saved(page)


def _own_deck(page: Page, at: "ServedScreens") -> None:
    """A file of cards with something to mend in it."""
    _prepare(page, at)
    page.locator("summary", has_text=words("decks.title")).click()
    button(page, "decks.choose").click()
    file = {"name": "Vores kort.csv", "mimeType": "text/csv", "buffer": _OWN_DECK.encode("cp1252")}
    page.locator("dialog[open] input[type=file]").set_input_files(file)
    page.locator(".dk-deck-rows > li").first.wait_for()


def _prepare_own_order(page: Page, at: "ServedScreens") -> None:
    """With the cards unfolded, in an order of one's own."""
    _prepare(page, at)
    page.locator("summary", has_text=words("prepare.which_cards")).click()
    page.get_by_label(words("prepare.draws.own_order")).check()
    page.locator(".dk-prep-areas summary").first.click()
    page.locator(".dk-prep-areas input").first.check()
    saved(page)


SCREENS: dict[str, Callable[[Page, "ServedScreens"], None]] = {
    "start": _start,
    "opening": lambda page, at: _at(page, at, "opening", "opening"),
    "table": _table,
    "prepared": lambda page, at: _at(page, at, "prepared", "opening"),
    "catalogue": _catalogue,
    "card": lambda page, at: _at(page, at, "card", "card"),
    "notes": lambda page, at: _at(page, at, "notes", "card"),
    "reasons": _reasons,
    "overview": _overview,
    "guide": _guide,
    "help": _help,
    "details": _details,
    "all_notes": _all_notes,
    "download": _download,
    "places": _places,
    "print": _print,
    "tools": _tools,
    "timer": _timer,
    "silent_notes": _silent_notes,
    "end": _end,
    "answered": _answered,
    "earlier": _earlier,
    "then_and_now": _then_and_now,
    "erase": _erase,
    "coding_start": _coding_start,
    "coding": _coding,
    "overblik": _overblik,
    "bringing": _bringing,
    "plenum": lambda page, at: _plenum(page, at, "groups"),
    "plenum_board": _plenum_board,
    "plenum_cards": _plenum_cards,
    "plenum_steps": lambda page, at: _plenum(page, at, "steps"),
    "plenum_vote_form": _plenum_vote_form,
    "plenum_vote_open": _plenum_vote_open,
    "plenum_vote_shown": lambda page, at: _plenum_vote(page, at, "vote_shown"),
    "table_vote": _table_vote,
    "forbered_start": _prepare_start,
    "forbered": _prepare,
    "own_deck": _own_deck,
    "forbered_own_order": _prepare_own_order,
    "papir_start": _papir_start,
    "papir": _papir,
    "papir_fault": _papir_fault,
    "share_begin": _share_begin,
    "share_other": _share_other,
    "share": _shared,
    "share_devices": _share_devices,
    "share_remove": _share_remove,
    "share_late": _share_late,
    "invitation": _invitation,
    "join_code": _joining_code,
    "join_group": _joining_group,
    "join_phone": _joining_phone,
    "phone": _phone,
    "phone_vote": _phone_vote,
}


class ServedScreens:
    """A server that runs, and the sessions that are kept there by the screen they are for."""

    def __init__(self, running: Running, sessions: dict[str, str], folder: Path):
        self.running = running
        self.sessions = sessions
        self.folder = folder  # where they are kept


# --- what is wrong ----------------------------------------------------------------------------------------

_GEOMETRY = (Path(__file__).parent / "geometry.js").read_text(encoding="utf-8")


def examine_screen(page: Page, at: ServedScreens, name: str, pictures: Path | None = None) -> list[str]:
    """What is wrong with a screen: by geometry at every size, by axe-core at `AXE_SIZES` in both themes.

    With a folder for `pictures` one of each size and theme is saved, and axe-core looks at them all.
    """
    resize(page, SIZES[0])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    SCREENS[name](page, at)
    return [
        f"{name} {size[0]}×{size[1]} {theme}: {fault}"
        for theme in THEMES
        for size in (SIZES if pictures or theme == "light" else AXE_SIZES)
        for fault in _examine(page, name, theme, size, pictures)
    ]


def resize(page: Page, size: tuple[int, int]) -> None:
    """Another size; the page has had the time to lie accordingly."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _examine(
    page: Page, name: str, theme: str, size: tuple[int, int], pictures: Path | None
) -> Iterator[str]:
    page.emulate_media(color_scheme=theme)
    page.locator(f"[data-screen][data-theme={theme}]").wait_for()
    resize(page, size)
    if pictures:
        page.evaluate(_FROM_THE_TOP)
        page.screenshot(path=pictures / f"{name}_{size[0]}x{size[1]}_{theme}.png")
        page.screenshot(path=pictures / f"{name}_{size[0]}x{size[1]}_{theme}_whole.png", full_page=True)
    if theme == "light":
        yield from page.evaluate(f"({_GEOMETRY})()")
    if pictures or size in AXE_SIZES:
        with _nothing_sticky(page), _unfolded(page):
            if page.evaluate(_OVERFLOW):
                yield "with everything unfolded it is wider than the screen"
            yield from map(
                str, axe_faults(page, None, WCAG_AND_A_HEADING if theme == "light" else OF_COLOURS)
            )


@contextmanager
def _nothing_sticky(page: Page) -> Iterator[None]:
    """What stays in place lies over what scrolls under it, and axe-core knows of no scrolling."""
    page.evaluate(_SET_STICKY, "static")
    yield
    page.evaluate(_SET_STICKY, "")


@contextmanager
def _unfolded(page: Page) -> Iterator[None]:
    """With all that is folded away: the figures behind the bars, the sessions of other days."""
    page.evaluate(_UNFOLD)
    yield
    page.evaluate(_FOLD)


# The machine's other addresses are those of the network it happens to be on.
_HERE_TOO = """() => {
    const choice = document.querySelector(".dk-share-network select");
    choice.append(new Option("loopback (127.0.0.1)", "127.0.0.1"));
    choice.value = "127.0.0.1";
}"""
_OVERFLOW = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
_UNFOLD = """() => {
    for (const folded of document.querySelectorAll("details:not([open])")) {
        folded.open = folded.dataset.unfolded = true;
    }
}"""
_FOLD = """() => {
    for (const folded of document.querySelectorAll("[data-unfolded]")) {
        folded.open = false;
        delete folded.dataset.unfolded;
    }
}"""
_FROM_THE_TOP = """() => {
    document.activeElement.blur();
    scrollTo(0, 0);
    for (const element of document.querySelectorAll("*")) element.scrollTop = 0;
}"""
_SET_STICKY = """(position) => {
    for (const element of document.querySelectorAll(".dk-moves, .dk-table-foot")) {
        if (getComputedStyle(element).position === "sticky" || !position) element.style.position = position;
    }
}"""


def main(folder: str, *screens: str) -> None:
    """Save pictures of the screens (all, when none is named) in a folder, and print what is wrong."""
    pictures = Path(folder)
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as stored, sync_playwright() as playwright:
        sessions = prepare(Path(stored))
        browser = playwright.chromium.launch(**launch_arguments())
        for running in run_command(stored):
            for name in screens or SCREENS:
                with browser.new_page() as page:
                    at = ServedScreens(running, sessions, Path(stored))
                    print(*examine_screen(page, at, name, pictures), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
