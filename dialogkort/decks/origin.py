"""Origin of a question: one of the shipped deck, or somebody's own, which bears no attribution of it."""

from dialogkort.domain.deck import Card, Deck


def is_own_question(card: Card, deck: Deck, shipped: Deck) -> bool:
    """True for a question that is not the shipped deck's, in a deck that has its attribution from there.

    Parameters
    ----------
    card : Card
        A card of the deck.
    deck, shipped : Deck
        The deck, and the one that comes with the kit.

    Returns
    -------
    bool

    Examples
    --------
    >>> from dialogkort import read_deck
    >>> deck = read_deck()
    >>> is_own_question(deck.cards[0], deck, shipped=deck)
    False
    """
    theirs = {known.question for known in shipped.cards}
    return deck.attribution == shipped.attribution and card.question not in theirs
