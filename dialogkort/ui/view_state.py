"""State of one window in named slices, and what of it has changed since it was last sent."""

from collections.abc import Mapping


class ViewState:
    """The slices of one window's state. A keyed slice (`notes`) is told key by key.

    Examples
    --------
    >>> view = ViewState()
    >>> view.set("table", {"current": "k-01"})
    >>> view.set_key("notes", "n-1", {"text": "Vi øver"})
    >>> view.changes()
    {'set': {'table': {'current': 'k-01'}}, 'patch': {'notes': {'n-1': {'text': 'Vi øver'}}}}
    >>> view.set("table", {"current": "k-01"})
    >>> view.changes()
    {}
    """

    def __init__(self) -> None:
        self._slices: dict[str, object] = {}
        self._set: set[str] = set()
        self._keys: dict[str, dict[str, object]] = {}
        self._once: dict[str, object] = {}
        self._whole = False

    def get(self, name: str) -> object:
        """A slice as the window is shown it."""
        return self._slices.get(name)

    def mapping(self, name: str) -> dict[str, object]:
        """A slice of keys and values as the window is shown it; empty when there is none."""
        value = self._slices.get(name)
        return value if isinstance(value, dict) else {}

    def set(self, name: str, value: object) -> None:
        """Show a slice."""
        if name not in self._slices or self._slices[name] != value:
            self._slices[name] = value
            self._set.add(name)

    def set_key(self, name: str, key: str, value: object) -> None:
        """Show one key of a keyed slice; None takes it away."""
        self.have_keys(name)
        known = self.mapping(name)
        if known.get(key) == value:
            return
        if value is None:
            del known[key]
        else:
            known[key] = value
        self._keys.setdefault(name, {})[key] = value

    def have_keys(self, *names: str) -> None:
        """See that these keyed slices are there, though they may be empty."""
        for name in names:
            self._slices.setdefault(name, {})

    def set_keyed(self, name: str, values: Mapping[str, object]) -> None:
        """Show a keyed slice; only the keys that differ are told."""
        self.have_keys(name)
        for key in [key for key in self.mapping(name) if key not in values]:
            self.set_key(name, key, None)
        for key, value in values.items():
            self.set_key(name, key, value)

    def send_once(self, name: str, value: object) -> None:
        """Tell something that is not part of the state: a chart that was asked for, a file that was made."""
        self._once[name] = value

    def mark_all_changed(self) -> None:
        """The window knows nothing (any more): tell it all there is next time."""
        self._whole = True

    def changes(self) -> dict:
        """What has changed since the last time, as a state message without its type."""
        whole, names, keys, once = self._whole, self._set, self._keys, self._once
        self._whole, self._set, self._keys, self._once = False, set(), {}, {}
        if whole:
            everything = {name: _copy(value) for name, value in self._slices.items()}
            return {"whole": True, "set": everything | once}
        changed: dict[str, object] = {}
        if updates := {name: _copy(self._slices[name]) for name in sorted(names)} | once:
            changed["set"] = updates
        if patch := {name: updates for name, updates in keys.items() if name not in names}:
            changed["patch"] = patch
        return changed


def _copy(value: object) -> object:
    """Keyed slices go on changing while a message waits to be sent."""
    return dict(value) if isinstance(value, dict) else value
