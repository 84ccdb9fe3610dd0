"""A TCP proxy that misbehaves on command, between workers and their server."""

import contextlib
import random
import select
import socket
import struct
import threading
import time

MODES = ("pass", "delay", "drop_replies", "drop_requests", "blackhole", "reset")

Pair = tuple[socket.socket, socket.socket]


class Proxy:
    """`mode` says what happens to bytes from now on:

    pass, delay (`seconds` each way), drop_replies (requests arrive, answers are lost),
    drop_requests, blackhole (nothing passes, nothing is closed), reset (all is cut by RST).
    `reset_share` cuts that share of connections at each chunk while bytes pass. silence() makes a
    blackhole of those connections alone in which `mark` (lower case) was sent, trap() of the next one
    that sends it, with what it sends; speak() lets them go on.
    """

    def __init__(self, host: str, port: int):
        self._target = (host, port)
        self.mode = "pass"
        self.seconds = 0.0
        self.reset_share = 0.0
        self.mark = b""
        self._marked: set[Pair] = set()
        self._silent: set[Pair] = set()
        self._is_trap = False
        self._pairs: set[Pair] = set()
        self._lock = threading.Lock()
        self._is_open = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def switch(self, mode: str) -> None:
        assert mode in MODES
        self.mode = mode
        if mode == "reset":
            self.cut()

    def silence(self) -> int:
        self._silent = self._marked & self._pairs
        return len(self._silent)

    def trap(self, mark: bytes) -> None:
        self.mark, self._is_trap = mark, True

    def speak(self) -> None:
        self._silent = set()

    def redirect(self, host: str, port: int) -> None:
        """Lead to another server from now on, like an address that moved."""
        self._target = (host, port)
        self.cut()

    def cut(self) -> None:
        """End every connection by RST."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            _reset(*pair)

    def close(self) -> None:
        self._is_open = False
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while self._is_open:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.mode == "reset":
                _reset(client)
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        while self.mode in ("blackhole", "drop_requests") and self._is_open:
            time.sleep(0.02)
        try:
            server = socket.create_connection(self._target)
        except OSError:
            _reset(client)
            return
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._pairs.add((client, server))
        pair = (client, server)
        pump = self._pump
        down = threading.Thread(target=pump, args=(server, client, "replies", pair), daemon=True)
        down.start()
        pump(client, server, "requests", pair)
        down.join()
        with self._lock:
            self._pairs.discard((client, server))
        for end in (client, server):
            with contextlib.suppress(OSError):
                end.close()

    def _pump(self, source: socket.socket, target: socket.socket, what: str, pair: Pair) -> None:
        """Copy until one side ends. A blackhole delivers late, as TCP would; what is dropped stays
        dropped, and that connection is of no use then."""
        is_deaf = False
        try:
            while True:
                readable, _, _ = select.select([source], [], [], 0.1)
                is_deaf = is_deaf or (self.mode == f"drop_{what}" and bool(readable))
                if not readable or self.mode == "blackhole" or pair in self._silent:
                    time.sleep(0.01 if readable else 0)
                    continue
                chunk = source.recv(65536)
                if not chunk:
                    break
                if is_deaf:
                    continue
                if self.mark and what == "requests" and self.mark in chunk.lower():
                    self._marked.add(pair)
                    self._spring(pair)
                if self.mode == "delay":
                    time.sleep(self.seconds)
                if self.reset_share and random.random() < self.reset_share:
                    _reset(source, target)
                    return
                target.sendall(chunk)
        except (OSError, ValueError):
            pass
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _spring(self, pair: Pair) -> None:
        with self._lock:
            if not self._is_trap:
                return
            self._is_trap = False
            self._silent = {*self._silent, pair}
        while pair in self._silent and self._is_open:
            time.sleep(0.01)


def _reset(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            end.close()
