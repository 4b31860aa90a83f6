"""Detection of personal data in text: places to look at, never a promise that nothing else identifies.

Numbers, addresses of both kinds, initials and the names of a list are found by their form. There is no
recogniser of Danish names behind it: a name that is not on the list is not found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dialogkort.i18n import text as words

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("cpr", "phone", "email", "address", "initials", "name")
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
NAMES_FILE: str = _WORDS["names_file"]
_AROUND = 30  # characters on each side of a place that tell what it is, and that a report shows
_CAPITAL, _SMALL = _WORDS["capital_letters"], _WORDS["small_letters"]


@dataclass(frozen=True)
class Finding:
    """A place in a text, from `start` to `end` (characters), and what it may be (`kind`, one of `KINDS`).

    `sure` says that the form leaves little doubt; the others are questions.
    """

    start: int
    end: int
    kind: str
    sure: bool


# What is not seen on a screen: soft hyphens, joiners, marks of direction, variation selectors, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def _as_seen(text: str, find: Callable[[str], Iterable[Finding]]) -> tuple[Finding, ...]:
    """What is found in a text as it is seen: what is invisible in it hides nothing, and lies in the place."""
    if not _INVISIBLE.search(text):
        return tuple(find(text))
    letters = [place for place, letter in enumerate(text) if not _INVISIBLE.match(letter)]
    seen = "".join(text[place] for place in letters)
    return tuple(
        replace(finding, start=letters[finding.start], end=letters[finding.end - 1] + 1)
        for finding in find(seen)
    )


@lru_cache(maxsize=2_048)
def _findings(text: str, names: tuple[str, ...]) -> tuple[Finding, ...]:
    accepted: list[Finding] = []
    taken: set[int] = set()  # letters that belong to a place already
    for detector in (_emails, _cpr_numbers, _phones, _addresses, _named(names), _initials):
        for finding in detector(text):
            letters = range(finding.start, finding.end)
            if taken.isdisjoint(letters):
                taken.update(letters)
                accepted.append(finding)
    return tuple(sorted(accepted, key=lambda new: new.start))


def findings(text: str, names: Iterable[str] = ()) -> list[Finding]:
    """The places in a text that may identify somebody, in order, none overlapping another.

    cpr: ten digits that begin with a day in the past (the century by the seventh digit). Sure when
        modulus 11 holds; else a question, asked when it is written 6-4 with a hyphen (or a blank, when
        that is no day and hour), when a word such as "cpr" stands near, or when numbers without modulus
        11 have been given to that birthday (`_without_modulus`).
    phone: a Danish number that may exist (or a foreign one with +). Eight bare digits are a question
        only.
    email: also with "(at)".
    address: street and number (a question where the end of the street's name is as often another word's),
        or postal code and town.
    initials: letters with dots, or two or three capital letters that are no known abbreviation and are
        not told in one breath with one; four only where a word beside them or brackets say that it is
        somebody, or where they cannot be said.
    name: of `names`, see `names_in`.

    Characters that are not seen (soft hyphens, zero-width blanks) count as not being there.
    """
    return list(_as_seen(text, lambda seen: _findings(seen, tuple(names))))


def owner_findings(owner: str, names: Iterable[str] = ()) -> list[Finding]:
    """The places in who is to do a next step: as in a text, and words with a capital that may be a name.

    A word with a small letter, and one that says what somebody does ("Superbrugeren"), is taken for no name.
    """

    def find(seen: str) -> list[Finding]:
        spans = findings(seen, names)
        guessed = [finding for gap in _gaps(seen, spans) for finding in _perhaps_names(seen, *gap)]
        return sorted([*spans, *guessed], key=lambda finding: finding.start)

    return list(_as_seen(owner, find))


def redacted(text: str, findings: Iterable[Finding]) -> str:
    """The text with each place replaced by what it was, such as "[telefon]".

    Examples
    --------
    >>> text = "Skriv til anna@firma.dk"
    >>> [(place.kind, place.start) for place in findings(text)]
    [('email', 10)]
    >>> "anna" in redacted(text, findings(text))
    False
    """
    pieces, end = [], 0
    for finding in sorted(findings, key=lambda finding: finding.start):
        pieces += [text[end : finding.start], placeholder(finding.kind)]
        end = finding.end
    return "".join([*pieces, text[end:]])


def placeholder(kind: str) -> str:
    """What is written instead of a place of a kind."""
    return words(f"privacy.instead.{kind}")


def names_in(folder: str | Path) -> tuple[str, ...]:
    """The names listed in a folder's `navne.txt`: one on each line, # before a remark; () without a file.

    UTF-8, or what an older Windows editor writes.
    """
    try:
        content = (Path(folder).expanduser() / NAMES_FILE).read_bytes()
    except OSError:
        return ()
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        lines = content.decode("cp1252", errors="replace").splitlines()
    return tuple(dict.fromkeys(filter(None, (line.partition("#")[0].strip() for line in lines))))


def scan_notes(notes: pd.DataFrame, names: Iterable[str] = (), *, masked: bool = True) -> pd.DataFrame:
    """One row per place in some notes (`frames.NOTES`) that may identify somebody.

    session, note : ids.
    field : text, or owner (who does a next step: words with a capital may be a name, see `owner_findings`).
    kind : cpr / phone / email / address / initials / name. sure : see `Finding`.
    start, end : where in the field.
    context : the place with what stands around it. It is `masked`, and so are others near it and words with a
    capital in a row, which may be somebody's name: a report is not to spread what it warns of. With
    masked=False it reads as it was written.

    What is sure comes first, then texts before owners; within these it is by session, in the order noted.
    """
    import pandas as pd

    names = tuple(names)
    rows = [
        {"session": session, "note": note, "field": field, **fields}
        for field in ("text", "owner")
        for session, note, content in zip(notes["session"], notes["note"], notes[field], strict=True)
        if isinstance(content, str) and content
        for fields in _rows_of(content, field, names, masked)
    ]
    rows.sort(key=lambda row: (not row["sure"], row["field"] == "owner", row["session"]))
    columns = {
        "session": "string",
        "note": "string",
        "field": "string",
        "kind": pd.CategoricalDtype(list(KINDS)),
        "sure": "bool",
        "start": "Int64",
        "end": "Int64",
        "context": "string",
    }
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in columns.items()}
    )


def _rows_of(content: str, field: str, names: tuple[str, ...], masked: bool) -> Iterator[dict]:
    spans = (owner_findings if field == "owner" else findings)(content, names)
    hidden = [*spans, *_in_a_row(content, spans)] if masked else []
    for finding in spans:
        yield {**asdict(finding), "context": _in_context(content, finding, hidden)}


def _in_a_row(content: str, spans: list[Finding]) -> Iterator[Finding]:
    """Words with a capital in a row, between places: what stands beside a number is often whose it is."""
    for gap in _gaps(content, spans):
        for run in _CAPITALS.finditer(content, *gap):
            yield Finding(run.start(), run.end(), "perhaps_name", False)


def _gaps(content: str, spans: list[Finding]) -> Iterator[tuple[int, int]]:
    """From where to where a text lies between places in it."""
    starts = [0, *(span.end for span in spans)]
    return zip(starts, [*(span.start for span in spans), len(content)], strict=True)


def _in_context(content: str, finding: Finding, hidden: list[Finding]) -> str:
    """A place with what stands around it, and placeholders where something is to be hidden."""
    before = redacted(content[: finding.start], [other for other in hidden if other.end <= finding.start])
    until = redacted(content[: finding.end], [other for other in hidden if other.end <= finding.end])
    whole = redacted(content, hidden)
    left = before if len(before) <= _AROUND else "…" + before[-_AROUND:]
    right = whole[len(until) :]
    right = right if len(right) <= _AROUND else right[:_AROUND] + "…"
    return " ".join((left + until[len(before) :] + right).split())


# --- CPR numbers ------------------------------------------------------------------------------------------

# What no number may stand right behind or before. A letter's full stop or hyphen may ("nr.", "tlf-"), a
# digit's not, and a genitive may follow.
_NOT_BEHIND = r"(?:(?<![\w#\\§+])(?<!\d[.,/=:-])|(?i:(?<=cpr)|(?<=nr)|(?<=tlf)|(?<=mob)))"
_NOT_BEFORE = r"(?=['’]?s(?!\w)|(?!\w|[-/.,:]\d))"
_CPR = re.compile(_NOT_BEHIND + r"(\d\d)([ .-]?)(\d\d)\2(\d\d)(\s?[-–‐‑−/]\s?|\s?)(\d{4})" + _NOT_BEFORE)
# Numbers without modulus 11 are given since then where a day has no others left: up to now to people born on
# a first of January from 1960 on (CPR-kontoret, "Personnumre uden kontrolciffer (modulus 11 kontrol)", which
# says that its list may lack some).
_MODULUS_ENDED = date(2007, 10, 1)


def _cpr_numbers(text: str) -> Iterator[Finding]:
    if sum(map(str.isdigit, text)) < 10:
        return
    from stdnum.dk import cpr

    for match in _CPR.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not cpr.is_valid(digits):
            continue
        sure = cpr.checksum(digits) == 0 and not _is_clock(match)
        near = _near(text, match, _WORDS["near_cpr"])
        written_so = match[5].strip() not in ("", "/") or (match[5].isspace() and not _is_clock(match))
        if sure or near or written_so or (not match[5] and _without_modulus(cpr.get_birth_date(digits))):
            yield Finding(match.start(), match.end(), "cpr", sure)


def _without_modulus(birthday: date) -> bool:
    """Whether a number for that birthday may be without modulus 11."""
    first_of_january = (birthday.month, birthday.day) == (1, 1) and birthday.year >= 1960
    return first_of_january or birthday >= _MODULUS_ENDED


def _is_clock(match: re.Match) -> bool:
    """A date, a blank and four digits are as often a day and an hour, or a year."""
    hour, minute = int(match[6][:2]), int(match[6][2:])
    an_hour = (hour < 24 and minute < 60) or hour in (19, 20)
    return match[5].isspace() and not match[2] and an_hour


def _near(text: str, match: re.Match, known: list[str]) -> bool:
    around = text[max(0, match.start() - _AROUND) : match.end() + _AROUND // 2].lower()
    return any(word in around for word in known)


# --- telephone numbers ------------------------------------------------------------------------------------

_PHONE = re.compile(
    rf"(?:{_NOT_BEHIND}|(?<=\d\d\d\d/))(?P<abroad>\(?(?:\+|00)\d{{1,3}}\)?[ -]?)?"
    r"(?P<own>\d\d(?P<gap>[ .-])\d\d(?P=gap)\d\d(?P=gap)\d\d"
    r"|\d{4}[ -]?\d{4}|\d{4} \d\d \d\d|\d\d \d{3} \d{3}|\d{3} \d\d \d{3})"
    rf"(?:{_NOT_BEFORE}|(?=/[2-9]\d{{3}} ?\d))"
)
_FOREIGN = re.compile(r"(?<![\w+])\+\d[\d ()-]{6,17}\d(?!\w)")


def _phones(text: str) -> Iterator[Finding]:
    if sum(map(str.isdigit, text)) < 8:
        return
    import phonenumbers

    def exists(number: str) -> bool:
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(number, "DK"))
        except phonenumbers.NumberParseException:
            return False

    for match in _PHONE.finditer(text):
        sure, likely = (True, True) if match["abroad"] else _judged(text, match)
        is_one = likely and exists(match[0] if match["abroad"] else match["own"])
        # Numbers are given out faster than the library hears of them: a word before it is enough to ask.
        if is_one or (likely and sure and match["own"][0] not in "01" and not match["abroad"]):
            yield Finding(match.start(), match.end(), "phone", sure and is_one)
    for match in _FOREIGN.finditer(text):
        if exists(match[0]):
            yield Finding(match.start(), match.end(), "phone", True)


def _judged(text: str, match: re.Match) -> tuple[bool, bool]:
    """Whether eight digits are a telephone number for sure, and whether they are likely to be one at all."""
    before = re.findall(r"[^\W\d_]+", text[max(0, match.start() - _AROUND) : match.start()].lower())
    behind = re.match(r"\W{0,2}([^\W\d_]+)", text[match.end() : match.end() + _AROUND].lower())
    digits = re.sub(r"\D", "", match["own"])
    for word in reversed(before[-2:]):  # the nearer word decides: "Det er sagen. Ring 33 66 33 66"
        if word in _WORDS["near_phone"]:
            return True, True
        if _says_no_phone(word):
            return False, False
    if any(word in _WORDS["near_phone"] for word in before):
        return True, True
    an_amount = (behind and behind[1] in _WORDS["units"]) or digits.endswith("00000")
    return match["gap"] == " ", not (
        an_amount or match["gap"] == "." or _is_day(match["own"]) or _is_years(match["own"])
    )


def _says_no_phone(word: str) -> bool:
    """Whether an eight-digit number after that word is another: "ordrenummer", "cvr"."""
    of_another = (
        word.endswith(("nummer", "nummeret", "nr")) and word != "nr" and word not in _WORDS["near_phone"]
    )
    return of_another or word in _WORDS["no_phone"]


def _is_years(written: str) -> bool:
    """Whether it is a span of years: 2020-2024."""
    return bool(re.fullmatch(r"(?:19|20)\d\d[ -](?:19|20)\d\d", written))


def _is_day(written: str) -> bool:
    """Whether eight digits are a day, as in the name of a file: 20260331."""
    try:
        return 1990 <= date(int(written[:4]), int(written[4:6]), int(written[6:])).year < 2040
    except ValueError:
        return False


# --- e-mail -----------------------------------------------------------------------------------------------

_EMAIL = re.compile(
    r"(?<![\w.+-])(?P<name>[\w.+-]{0,63}\w)"
    r"(?:\s?@\s?|\s?[(\[{]\s?(?:at|a|snabela|snabel-a|@)\s?[)\]}]\s?|\s(?:snabela|snabel-a)\s)"
    r"(?P<domain>\w[\w-]{0,62}(?:\.[\w-]{0,62}\w)+)",
    re.IGNORECASE,
)

_INNER = re.compile(
    r"\.(?:local|lan|internal)$", re.IGNORECASE
)  # of a house's own network: no name of the internet


def _emails(text: str) -> Iterator[Finding]:
    for match in _EMAIL.finditer(text):
        from email_validator import EmailNotValidError, validate_email

        domain = _INNER.sub(".dk", match["domain"])
        try:
            validate_email(f"{match['name']}@{domain}", check_deliverability=False)
        except EmailNotValidError:
            continue
        yield Finding(match.start(), match.end(), "email", True)


# --- where somebody lives ---------------------------------------------------------------------------------


@cache
def _street() -> re.Pattern:
    endings = "|".join(sorted(map(re.escape, _WORDS["street_endings"]), key=len, reverse=True))
    plain = "|".join(map(re.escape, _WORDS["plain_street_endings"]))
    perhaps_endings = "|".join(sorted(_WORDS["perhaps_street_endings"], key=len, reverse=True))
    prepositions = "|".join(_WORDS["street_prepositions"])
    links = "|".join(_WORDS["street_links"])
    after_small = "|".join(_WORDS["street_words_after_small"])
    before = "|".join(map(re.escape, _WORDS["before_a_street"]))
    floors = "|".join(_WORDS["floors"])
    # Counted, so that a long text without an end to its words takes no long time.
    capital = rf"[{_CAPITAL}][\w.'’-]{{0,30}}"
    compound = rf"[{_CAPITAL}][\w'’-]{{1,30}}?(?i:{endings})|[{_SMALL}][\w'’-]{{2,30}}(?:{plain})"
    several = (
        rf"(?!(?i:{before})(?![\w])){capital}(?: (?:{capital}|{links})){{0,4}} "
        rf"(?:[{_CAPITAL}][\w'’-]{{0,30}})?(?i:{endings})|[{_SMALL}]{{3,30}} (?:{after_small})"
    )
    perhaps = rf"[{_CAPITAL}][\w'’-]{{2,30}}?(?:{perhaps_endings})"
    after_preposition = rf"(?i:{prepositions}) [{_CAPITAL}][\w'’-]{{1,30}}?(?:en|et|ne)"
    storey, side = rf"(?:\d{{1,2}}(?!\d)|{floors})", r"(?:t[vh]|mf|\d{1,2}(?!\d))"
    floor = rf"(?:,? ?{storey}\.?(?: ?(?:sal|etage))?\.?(?: ?{side}\b\.?)?)?"
    town = rf"(?:,? (?:DK-)?[1-9]\d{{3}} {capital}(?: [{_CAPITAL}]{{1,2}}\b)?)?"
    number = r"\d{1,3}(?: ?[A-Za-z](?!\w))?(?: ?[-–] ?\d{1,3}[A-Za-z]?(?!\w))?(?![\w%:]|[.,-]\d)"
    return re.compile(
        rf"(?<![\w-])(?P<name>{several}|{compound}|(?P<perhaps>{perhaps}|{after_preposition}))"
        rf",?(?: nr\.?)? {number}{floor}{town}"
    )


_TOWN = re.compile(
    rf"(?<![\w.,/])(?<!\d-)(?P<code>[1-9]\d{{3}}) "
    rf"(?P<town>[{_CAPITAL}][\w.]{{1,30}}(?: [{_CAPITAL}][{_SMALL}]{{1,20}}\b)?)"
    rf"(?P<district>(?: [{_CAPITAL}]{{1,2}}\b)?)"
)


def _addresses(text: str) -> Iterator[Finding]:
    if not any(map(str.isdigit, text)):
        return
    for match in _street().finditer(text):
        if match["name"].lower() not in _WORDS["no_street"] and not _counts(text, match.end()):
            yield Finding(
                match.start(), match.end(), "address", match["name"][0].isupper() and not match["perhaps"]
            )
    for match in _TOWN.finditer(text):
        if town := _town(match["town"]):
            is_a_year = 1900 <= int(match["code"]) < 2100 and not town.startswith(
                tuple(_WORDS["towns_with_codes_like_years"])
            )
            whole = town == match["town"]
            end = match.end() if whole else match.start("town") + len(town)
            if not is_a_year:
                yield Finding(match.start(), end, "address", False)


def _town(words: str) -> str | None:
    """The words, or the first of them, when it is a town with a postal code."""
    trials = (words, words.rstrip("."), words.split()[0], words.split()[0].rstrip("."))
    return next((words for words in trials if words in _towns()), None)


@cache
def _towns() -> frozenset[str]:
    return frozenset(town.strip() for town in _WORDS["towns"].replace("\n", " ").split(","))


def _counts(text: str, end: int) -> bool:
    """Whether what follows says that a number counts something: "Bakken 12 gange"."""
    behind = re.match(r" ([^\W\d_]+)", text[end : end + _AROUND].lower())
    return bool(behind and behind[1] in _WORDS["units"])


# --- who --------------------------------------------------------------------------------------------------

_DOTTED = re.compile(rf"(?<![\w.])[{_CAPITAL}]\. ?[{_CAPITAL}]\.(?: ?[{_CAPITAL}]\.)?(?!\w)")
_TOGETHER = re.compile(
    rf"(?<![\w.&@#-])(?<![{_SMALL}\d]/)([{_CAPITAL}]{{2,4}})s?(?![\w@&-]|\.\w|/[{_SMALL}\d])"
)
_JOINED = re.compile(
    rf"(?:, ?| ?/ ?| \+ | (?:{'|'.join(_WORDS['and_or'])}) )"
)  # what stands between things of one kind


def _initials(text: str) -> Iterator[Finding]:
    for match in _DOTTED.finditer(text):
        yield Finding(match.start(), match.end(), "initials", False)
    shouted = re.findall(rf"[{_CAPITAL}]{{5,}}", text)
    matches = [] if len(shouted) > 1 else [*_TOGETHER.finditer(text)]
    known = {match.start() for match in matches if match[1] in _abbreviations()}
    for run in _runs(text, matches):
        is_listed = len(run) > 1 and any(match.start() in known for match in run)
        for match in run:
            if _is_somebodys(text, match, match.start() in known, is_listed):
                yield Finding(match.start(), match.end(1), "initials", False)


def _runs(text: str, matches: list[re.Match]) -> Iterator[list[re.Match]]:
    """Capital letters that are told in one breath: "HPV, MRSA og UVI"."""
    run: list[re.Match] = []
    for match in matches:
        if run and not _JOINED.fullmatch(text, run[-1].end(), match.start()):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _is_somebodys(text: str, match: re.Match, known: bool, is_listed: bool) -> bool:
    """Whether capital letters are initials: no abbreviation, and beside none; four where a word says so."""
    before = re.search(
        r"([^\W\d_]+)[.:]? ?\(?$", text[max(0, match.start() - _AROUND) : match.start()].lower()
    )
    behind = re.match(r",? ([^\W\d_]+)", text[match.end() : match.end() + _AROUND].lower())
    word_before, word_after = (neighbour[1] if neighbour else "" for neighbour in (before, behind))
    if known or word_before in _WORDS["citizens"]:
        return word_before in _WORDS["citizens"]
    if re.match(r" ?(?:§|nr\b|stk\b)", text[match.end() : match.end() + 5]):
        return False  # a law
    if word_before in _WORDS["before_initials"] or word_after in _WORDS["after_initials"]:
        return True
    if len(match[1]) == 4:
        return _is_in_brackets(text, match) or not _SPOKEN.search(match[1])
    return not is_listed


# Four letters that can be said are the name of a thing more often than of somebody: VISO, TOPI, DUBU.
_SPOKEN = re.compile(f"[{_WORDS['vowels']}]")


def _is_in_brackets(text: str, match: re.Match) -> bool:
    return text[: match.start()].endswith("(") and text[match.end() :].startswith(")")


# A word of letters, and words with a capital in a row ("Nancy Ann Berggren", "Åse B. Holm-Lund").
_WORD = rf"[{_CAPITAL}][{_CAPITAL}{_SMALL}'’-]{{0,40}}"
_CAPITALS = re.compile(rf"(?<![\w@.-]){_WORD}(?:[ \t]{{1,2}}(?:[{_CAPITAL}]\.|{_WORD})){{1,5}}(?![\w@])")
_CAPITAL_WORD = re.compile(rf"(?<![\w@]){_WORD}(?:[ \t][{_CAPITAL}]\.)?(?![\w@])")


def _perhaps_names(owner: str, begin: int, until: int) -> Iterator[Finding]:
    """Words with a capital that say nothing of what somebody does; those that follow one are one with it."""
    start = begin
    end: int | None = None
    unit: int | None = None
    for word in _CAPITAL_WORD.finditer(owner, begin, until):
        follows = end is not None and not owner[end : word.start()].strip(" .\t")
        if follows:
            end = word.end()  # also "Skriver" in "Lone Skriver"
        elif not (_is_role(word[0]) or _is_of_a_unit(owner, unit, word)):
            if end is not None:
                yield Finding(start, end, "name", False)
            start, end = word.span()
        # "Plejecenter Ny Engpark": what is a unit's name goes on to be
        of_a_unit = not follows and (
            word[0].lower() in _WORDS["unit_words"] or _is_of_a_unit(owner, unit, word)
        )
        unit = word.end() if of_a_unit else None
    if end is not None:
        yield Finding(start, end, "name", False)


def _is_of_a_unit(owner: str, unit: int | None, word: re.Match) -> bool:
    """Whether a word is the name of a place: after "Team" or "Plejecenter", or before "Kommune"."""
    behind = re.match(r"\s([^\W\d_]+)", owner[word.end() : word.end() + _AROUND].lower())
    after = unit is not None and not owner[unit : word.start()].strip()
    return after or bool(behind and behind[1] in _WORDS["after_a_place"])


def _is_role(word: str) -> bool:
    """Whether a word says what somebody does, or where, and not who it is: "Teamlederen", "HR", "Alle"."""
    lower = word.lower()
    return word in _abbreviations() or lower in _role_words() or lower.endswith(tuple(_WORDS["role_endings"]))


@cache
def _role_words() -> frozenset[str]:
    return frozenset(_WORDS["role_words"].split())


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(_WORDS["abbreviations"].split())


def _named(names: tuple[str, ...]) -> Callable[[str], Iterator[Finding]]:
    whole, first, part = _name_patterns(names)

    def detect(text: str) -> Iterator[Finding]:
        for pattern, sure in ((whole, True), (first, False), (part, False)):
            for match in pattern.finditer(text) if pattern else ():
                yield Finding(match.start(), match.end(), "name", sure)

    return detect


@lru_cache(maxsize=32)
def _name_patterns(names: tuple[str, ...]) -> tuple[re.Pattern | None, ...]:
    """Whole names and first names in any case; names that may be a common word only with their capital.

    Those are first names of less than four letters (Bo, Ib) or of a list (Hans), and last names (Lund).
    """
    whole = [name for name in names if len(name.split()) > 1]
    firsts = {name.split()[0] for name in names if name.split()}
    parts = {part for name in names for part in name.split()[1:] if len(part) > 1}
    short = {first for first in firsts if len(first) < 4 or first.lower() in _names_that_are_words()}
    return (
        _any_of(whole, re.IGNORECASE),
        _any_of(firsts - short, re.IGNORECASE),
        _any_of({form for name in parts | short for form in (name.title(), name.upper(), name)}, 0),
    )


@cache
def _names_that_are_words() -> frozenset[str]:
    return frozenset(_WORDS["names_that_are_words"].split())


def _any_of(names: Iterable[str], flags: int) -> re.Pattern | None:
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    if not longest_first:
        return None
    forms = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return re.compile(rf"(?<![\w@])(?:{forms})(?:['’]?s\b|(?<=[sxz])['’])?(?![\w@])", flags)
