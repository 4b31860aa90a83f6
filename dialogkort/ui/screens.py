"""The screens there are, and the word for each in addresses and on the command line."""

# The word is what stands in the address; the first screen needs none. See `host.Host.maker` for their
# controllers, `bundle` for their scripts, and the notebooks for their widgets.
SCREENS = {
    "workshop": "",
    "prepare": "forbered",
    "overview": "overblik",
    "plenum": "plenum",
    "coding": "kodning",
    "paper_session": "papir",
    "share": "del",
}
JOIN = "join"  # the page by which a device joins: it is nowhere else
PHONE = "phone"  # a participant's own: at the address that it was given when it joined
ENTRIES = (*SCREENS, JOIN, PHONE)  # of the frontend
BY_ADDRESS = {address: screen for screen, address in SCREENS.items()}
BY_COMMAND = {address or screen: screen for screen, address in SCREENS.items()}

# As patterns of addresses.
ADDRESSES = "|".join(filter(None, BY_ADDRESS))
NAMES = "|".join(SCREENS)
