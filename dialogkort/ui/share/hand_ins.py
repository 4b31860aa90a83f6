"""Limits on what one phone, or one address in the room, may hand in in a silent round.

Kept in memory and never with a note: who wrote what is known nowhere.
"""

from collections import Counter, OrderedDict

from dialogkort.domain.event_ids import Id
from dialogkort.domain.limits import MAX_SILENT_OF_ADDRESS, MAX_SILENT_OF_DEVICE
from dialogkort.errors import InvalidAction
from dialogkort.i18n import text
from dialogkort.ui.roles import Access

_ROUNDS = 500  # that are remembered: a round that old is over


class HandIns:
    """How many notes each phone, and each address, has handed in by round.

    Examples
    --------
    >>> from dialogkort.ui.roles import Role
    >>> hand_ins = HandIns()
    >>> phone = Access(Role.PHONE, "s", device="a", peer="192.0.2.7")
    >>> for _ in range(MAX_SILENT_OF_DEVICE):
    ...     hand_ins.check("round", phone)
    ...     hand_ins.count("round", phone)
    >>> try:
    ...     hand_ins.check("round", phone)
    ... except InvalidAction as refused:
    ...     print(bool(str(refused)))
    True
    """

    def __init__(self) -> None:
        self._rounds: OrderedDict[Id, Counter[tuple[str, str]]] = OrderedDict()

    def check(self, round: Id, access: Access) -> None:
        """`InvalidAction` when as much was handed in from there as one person writes, or one room."""
        counts = self._rounds.get(round, Counter())
        of_device = counts["device", access.device]
        if of_device >= MAX_SILENT_OF_DEVICE or counts["peer", access.peer] >= MAX_SILENT_OF_ADDRESS:
            raise InvalidAction(text("session.too_many_of_yours"))

    def count(self, round: Id, access: Access) -> None:
        """Something was handed in."""
        counts = self._rounds.setdefault(round, Counter())
        counts.update({("device", access.device): 1, ("peer", access.peer): 1})
        while len(self._rounds) > _ROUNDS:
            self._rounds.popitem(last=False)
