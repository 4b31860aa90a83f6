"""Arrow schemas of the tables: the columns of `frames`, and a few derived ones that make queries quick."""

import pandas as pd
import pyarrow as pa

from dialogkort.frames import sessions as frames

COLUMNS = {
    "sessions": frames.SESSIONS,
    "turns": frames.TURNS,
    "notes": frames.NOTES,
    "cards": frames.CARDS,
}
# What lies beside them. day: the date told, else the day it began. met_cards: a card was turned, or a note
# written on one. in_hand: ms; whole numbers have one sum, in any order. is_last: no later turn of the card in
# the session. place: the note's place in its session, the card's among all.
_ADDED_COLUMNS = {
    "sessions": {"day": pa.date32(), "met_cards": pa.bool_()},
    "turns": {"in_hand": pa.int64(), "is_last": pa.bool_()},
    "notes": {"place": pa.int64()},
    "cards": {"place": pa.int64()},
}
ORDER = {
    "sessions": ("session",),
    "turns": ("session", "turn"),
    "notes": ("session", "place"),
    "cards": ("place",),
}
_ARROW = {"string": pa.string(), "Int64": pa.int64(), "Float64": pa.float64(), "boolean": pa.bool_()}
_PANDAS = {
    pa.string(): pd.StringDtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def _arrow_type(dtype: object) -> pa.DataType:
    if isinstance(dtype, pd.CategoricalDtype):
        return pa.string()
    if str(dtype).startswith("datetime64"):
        return pa.timestamp("ms", "UTC") if "UTC" in str(dtype) else pa.date32()
    return _ARROW[str(dtype)]


_PROMISED = {
    table: pa.schema([(name, _arrow_type(dtype)) for name, dtype in columns.items()])
    for table, columns in COLUMNS.items()
}
SCHEMAS = {
    table: pa.schema([*promised, *(pa.field(name, type) for name, type in _ADDED_COLUMNS[table].items())])
    for table, promised in _PROMISED.items()
}


def to_tables(read: frames.Frames) -> dict[str, pa.Table]:
    """The four frames as they lie on the disk."""
    sessions, turns, notes, cards = read
    with_cards = set(turns["session"]) | set(notes.loc[notes["card"].notna(), "session"])
    wide = {
        "sessions": sessions.assign(
            day=sessions["date"].fillna(sessions["started_at"].dt.tz_localize(None).astype("datetime64[s]")),
            met_cards=sessions["session"].isin(with_cards),
        ),
        "turns": turns.assign(
            in_hand=(turns["minutes"] * 60_000).round().astype("Int64"),
            is_last=~turns.duplicated(["session", "card"], keep="last"),
        ),
        "notes": notes.assign(place=notes.groupby("session").cumcount()),
        "cards": cards.assign(place=range(len(cards))),
    }
    return {name: _to_arrow(frame, SCHEMAS[name]) for name, frame in wide.items()}


def to_frame(table: pa.Table, name: str) -> pd.DataFrame:
    """A table from the disk (or from a server) as the frame that `frames` promises."""
    promised = table.select(_PROMISED[name].names).cast(_PROMISED[name])
    frame = promised.to_pandas(types_mapper=_PANDAS.get, date_as_object=False)
    return frame.astype(COLUMNS[name])


def _to_arrow(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    plain = frame.astype(
        {name: "string" for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)}
    )
    return pa.table([pa.array(plain[field.name]).cast(field.type) for field in schema], schema=schema)
