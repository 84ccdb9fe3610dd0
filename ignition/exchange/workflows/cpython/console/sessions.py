"""Who is logged in, kept in memory: a restart of the console logs everybody out."""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]


@dataclass
class Session:
    """csrf: what every form of this session carries. messages: what the next page tells."""

    user_name: str
    csrf: str
    started_at: float
    used_at: float
    messages: list[tuple[str, str]] = field(default_factory=list)

    def take_messages(self) -> list[tuple[str, str]]:
        taken, self.messages = self.messages, []
        return taken


class Sessions:
    """Sessions by the random token in the cookie."""

    def __init__(self, idle_seconds: float, most_seconds: float, clock: Clock = time.monotonic):
        self._idle_seconds = idle_seconds
        self._most_seconds = most_seconds
        self._clock = clock
        self._by_token: dict[str, Session] = {}

    def start(self, user_name: str) -> str:
        self._forget_old()
        now = self._clock()
        token = secrets.token_urlsafe(32)
        self._by_token[token] = Session(user_name, secrets.token_urlsafe(32), now, now)
        return token

    def find(self, token: str | None, is_use: bool = True) -> Session | None:
        """The session of a cookie, None where it is over. is_use: whether this keeps it from
        running out, as a person's click does and a page that refreshes itself does not."""
        session = self._by_token.get(token or "")
        if session is None or self._is_over(session):
            self.end(token)
            return None
        if is_use:
            session.used_at = self._clock()
        return session

    def end(self, token: str | None) -> None:
        self._by_token.pop(token or "", None)

    def _is_over(self, session: Session) -> bool:
        now = self._clock()
        return (
            now - session.used_at > self._idle_seconds
            or now - session.started_at > self._most_seconds
        )

    def _forget_old(self) -> None:
        for token in [token for token, one in self._by_token.items() if self._is_over(one)]:
            self.end(token)


class LoginLimit:
    """After some wrong passwords for one name or from one address, a pause for that one."""

    def __init__(self, tries: int, pause_seconds: float, clock: Clock = time.monotonic):
        self._tries = tries
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._failures: dict[str, list[float]] = defaultdict(list)

    def wait_seconds(self, *keys: str) -> float:
        """How long whoever these keys name must wait; 0 is not at all."""
        return max((self._wait(key) for key in keys), default=0.0)

    def note_failure(self, *keys: str) -> None:
        now = self._clock()
        for stale in [k for k, times in self._failures.items() if self._is_past(times, now)]:
            del self._failures[stale]
        for key in keys:
            self._failures[key].append(now)

    def forget(self, *keys: str) -> None:
        for key in keys:
            self._failures.pop(key, None)

    def _wait(self, key: str) -> float:
        now = self._clock()
        recent = [t for t in self._failures.get(key, []) if now - t < self._pause_seconds]
        if len(recent) < self._tries:
            return 0.0
        return recent[-self._tries] + self._pause_seconds - now

    def _is_past(self, times: list[float], now: float) -> bool:
        return now - times[-1] >= self._pause_seconds
