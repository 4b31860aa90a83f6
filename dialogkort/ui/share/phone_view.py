"""View of a participant's own phone as plain data: the card in hand, and whether one writes alone now."""

from dialogkort.sessions.session import Session


def phone_view(session: Session) -> dict:
    """What a phone is shown of its group's session: nobody's notes, and no card but the one in hand.

    It changes with the card and with the silent round only: two hundred phones are not told of every letter.
    """
    return {
        "session": session.id,
        "workshop": session.details.workshop,
        "group": session.details.group,
        "is_over": session.is_ended,
        "card": _card_view(session),
        "silence": _silence_view(session),
    }


def _card_view(session: Session) -> dict | None:
    if session.table.current is None:
        return None
    card = session.deck.card(session.table.current)
    return {"id": card.id, "number": card.shown_number, "area": card.area, "question": card.question}


def _silence_view(session: Session) -> dict | None:
    """The silent round about the card in hand, if there is one that takes something in.

    `begun` is the id of what began it, behind which everything sorts that is handed in.
    """
    round = session.history.silence.rounds.get(session.table.current or "")
    return {"begun": round.begun} if round and round.is_open else None
