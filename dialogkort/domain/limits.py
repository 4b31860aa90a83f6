"""Limits of lengths, numbers and dates: past these it is a slip of the finger, or would choke a page."""

MAX_NAME_LENGTH = 200  # characters, of whatever is told in one line
MAX_NOTE_LENGTH = 200_000  # characters: far past any note
QUOTED = 40  # characters shown of what was refused
YEARS = range(2000, 2100)
PEOPLE = range(1, 1000)  # in a group
MINUTES = range(600)  # that a card of a session on paper was talked about
MAX_PLAN_TEXT = 4_000  # characters of a purpose, of ground rules, of a question
MAX_GROUPS = 200  # that a plan names
MAX_OWN_QUESTIONS = 100
MAX_EXAMPLES = 20  # of one question
WORKSHOP_MINUTES = range(10, 601)
OPENING_QUESTIONS = (1, 2)
MAX_SILENT_LENGTH = 2_000  # characters, of what one writes on a phone
MAX_SILENT_NOTES = 1_000  # about a card: past that somebody plays
TIMER_SECONDS = range(1, 24 * 3600 + 1)  # that a timer may run, or be extended by
RATINGS = range(1, 6)  # that the closing question is answered by
RATINGS_SHOWN_FROM = 3  # answers: of fewer one sees whose they are
MAX_WORD_LENGTH = 40  # characters, of the one word that goes with a rating
HANDS = range(10_000)  # that go up for a note
VOTE_ITEMS = range(2, 13)  # that stand to vote: more nobody weighs at a glance
VOTE_CHOICES = range(1, 6)  # that a phone may choose
MAX_BALLOTS = 1_000  # of one vote
MAX_HANDS_AT_A_TABLE = 100  # that one group counts for an item
MAX_FOLLOWED_UP = 200  # sessions of a workshop
