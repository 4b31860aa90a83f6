"""Limits of the server: bytes, sockets, messages and seconds that a window, group or stranger may have."""

MAX_MESSAGE_BYTES = 1 << 20  # bytes: five times the longest note, as JSON escapes it
MAX_HEADER_BYTES = 16 << 10
MAX_BODY_BYTES = 64 << 10
UPLOAD_SECONDS = 600.0  # that a file that is handed in may take to come
SIGN_IN_SECONDS = 5.0
PING_SECONDS = 20.0  # between two signs of life of a socket, and that one of them may take
MESSAGES_PER_SECOND = 40.0
MESSAGE_BURST = 400  # a page that was offline for an hour sends all it has kept
JOINING_PER_SECOND = 5.0  # messages of those at one address who have not joined yet
JOINING_BURST = 60  # a room of phones behind one address
MAX_SOCKETS = 4_000
MAX_UNAUTHENTICATED = 256  # connections of which nobody knows whose they are: the oldest give way
FACILITATOR_SOCKETS = 512  # that the room's listener leaves over, or a third where there are few
MAX_SIGN_IN_BYTES = 4 << 10  # bytes of a message before that
MAX_SOCKETS_PER_GROUP = 16  # windows of one group
MAX_WAITING_BYTES = 8 << 20  # bytes that a slow reader may let lie
MAX_UNANSWERED = 8  # messages of a window that are being seen to: the next is read when one is answered
SLOW_MESSAGE_COST = 30  # how many others a message counts for that keeps all waiting (see `is_slow`)
LARGE_MESSAGE_BYTES = 16 << 10  # bytes, received or sent, that count as one more message
WRONG_CODES_PER_MINUTE = 10  # from one address
MAX_WRONG_CODES = 200  # then nobody joins before the facilitator has opened again, with another code
MAX_DEVICES = 500  # that have joined
