"""A server with both listeners: the facilitator's, and the groups' on another port."""

import asyncio
import json
import os
import sys

from tornado.netutil import bind_sockets

from dialogkort.decks.reading import read_deck
from dialogkort.server.gate import Gate, names_of
from dialogkort.server.host import Host
from dialogkort.server.keys import new_key
from dialogkort.server.serve import facilitator_application, group_application, listen, stop_event
from dialogkort.sessions.session import start
from dialogkort.ui.roles import Role


async def main(folder: str) -> None:
    host = Host(folder, log=f"{folder}.log")
    key = new_key().token
    sessions = [_new_session(host, group) for group in ("Gruppe 1", "Gruppe 2")]
    with stop_event() as stop:
        ports = []
        for make in (
            lambda gate: facilitator_application(host, gate, key),
            lambda gate: group_application(host, gate),
        ):
            sockets = bind_sockets(0, "127.0.0.1")
            ports.append(sockets[0].getsockname()[1])
            listen(make(Gate(names_of(["127.0.0.1"], ports[-1]))), sockets)
        addresses = [
            host.open_for_group(sessions[0]),
            host.open_for_group(sessions[1]),
            host.open_for_group(sessions[0], Role.READER),
        ]
        fields = [os.getpid(), *ports, key, *sessions, *(f"/g/{secret}/" for secret in addresses)]
        print(f"http://ready/{json.dumps(fields, separators=(',', ':'))}", flush=True)
        await stop.wait()
    host.close()


def _new_session(host: Host, group: str) -> str:
    return host.dispatcher.call(lambda store: start(store, read_deck(), workshop="Dag", group=group)).id


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
