"""The overview as a page can show it: a chart, the sentence that goes with it, and its figures."""

from dialogkort.session import Session
from dialogkort.store import Store


def same_workshop(store: Store, session: Session) -> list[str]:
    """The ids of the sessions kept here that belong to a session's workshop, its own among them."""
    held = session.details
    return [
        id
        for id, other in store.sessions().items()
        if (other.workshop, other.organisation, other.date) == (held.workshop, held.organisation, held.date)
    ]
