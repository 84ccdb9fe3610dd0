"""Claims work for the free threads of a worker, and a little in advance.

Claims go over one session of their own: the database marks that session idle when a claim comes back
short, so that enqueue knows whom to notify. How much is fetched in advance follows the rate at which this
worker finishes: what it does in a few hundredths of a second, so that slow workflows are left to others.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.lease import Lease
from exchange.workflows.engine.loop import keep_turning


class Room(object):
    """How many workflows to ask for: to start now, and in advance; `free` threads have nothing to do."""

    def __init__(self, free, start_now, prefetch):
        self.free = free
        self.start_now = start_now
        self.prefetch = prefetch
        self.total = start_now + prefetch


def room_for(threads, busy, urgent, in_flight, window):
    """Pure decision. `urgent` are claimed to start and have no thread yet, `in_flight` is everything
    claimed whose outcome is not answered, `window` how much may be fetched in advance."""
    free = max(0, threads - busy - urgent)
    start_now = max(0, min(free, 2 * threads + window - in_flight))
    if window > threads and not free and not urgent:
        # Threads are busy with short work only: what must not wait in line goes before it.
        start_now = 1
    prefetch = max(0, threads + window - in_flight - start_now)
    # Half at a time, so that one half is worked and answered while the other is claimed.
    return Room(free, start_now, min(prefetch, (threads + window) // 2))


class Dispatcher(object):
    def __init__(self, host, state, session, store, threads, on_lost, prefetch=settings.PREFETCH):
        self._host = host
        self._state = state
        self._session = session
        self._store = store
        self._threads = threads
        self._on_lost = on_lost
        self._prefetch = prefetch
        self._backoff = Backoff(host, "claim")
        self._wake = host.make_event()
        self._is_poked = True
        self._is_waiting = False
        self._is_dry = False
        self._is_lean = False
        self._is_idle = False
        self._serial = None
        self._poll_at = 0.0
        self._window_now = 0
        self._request_no = 0
        self._returns = 0
        self._unanswered = None
        self._rate = 0.0
        self._measured = (0, host.monotonic())

    def poke(self):
        """There may be work: claim, whatever the last claim brought."""
        self._is_poked = True
        self._wake.set()

    def on_room(self):
        """A thread is free, or outcomes were answered."""
        if self._is_waiting and (self._is_poked or not self._is_dry):
            self._wake.set()

    def run(self):
        keep_turning(self._host, self._state.releasing, "claim", self.turn, self._wake.wait)
        self._session.close()

    def turn(self):
        """Claim if there is room and hope; returns for how many seconds to wait then."""
        self._wake.clear()
        if not self._state.is_claiming:
            return self._poll_seconds()
        if not self._state.is_registered.is_set():
            self._forget()
            self._state.is_registered.wait(0.5)
            return 0
        if self._threads.waiting_count() and not self._threads.thread_count():
            self._threads.submit(())  # none could be started when they came
        self._is_waiting = True
        room = self._room()
        if self._unanswered is None and not self._is_worth_it(room):
            left = self._poll_at - self._host.monotonic()
            return left if left > 0 else self._poll_seconds()
        self._is_waiting = False
        return self._claim(room)

    def _forget(self):
        """The next claim is that of another worker."""
        if self._is_idle:
            # The mark outlives the worker that was lost: whoever enqueues would notify for ever.
            self._session.leave()
        self._is_idle = False
        self._unanswered = None

    def _poll_seconds(self):
        return self._state.poll_ms / 1000.0 * (0.9 + 0.2 * self._host.random_fraction())

    # How much

    def _room(self):
        threads = self._threads
        window = self._window_now = self._window()
        threads.low_water = window // 2
        busy = threads.busy_count()
        return room_for(self._state.threads, busy, threads.urgent_count(), len(self._state.held), window)

    def _window(self):
        """How much may wait here: what is finished in settings.PREFETCH_SECONDS at the rate of late."""
        finished, since = self._measured
        now = self._host.monotonic()
        elapsed = now - since
        if elapsed >= 0.005:
            rate = (self._state.finished - finished) / elapsed
            self._rate = max(rate, 0.7 * self._rate + 0.3 * rate)
            self._measured = (self._state.finished, now)
        return min(self._prefetch, int(self._rate * settings.PREFETCH_SECONDS))

    def _is_worth_it(self, room):
        if not room.start_now and not self._threads.has_room_for_order():
            return False
        # Also without room: an order that waits for a worker goes before everything, see WorkflowThreads.submit.
        if self._is_poked or self._host.monotonic() >= self._poll_at:
            return True
        if room.total == 0:
            return False
        if self._is_dry:
            return False
        if room.free > 0 and (self._is_lean or self._window_now <= self._state.threads):
            return True
        return not self._is_lean and room.total * 4 >= self._state.threads + self._window_now

    # The call

    def _claim(self, room):
        is_resend = self._unanswered is not None
        if not is_resend:
            self._request_no += 1
            self._is_poked = False
        worker_id = self._state.worker_id
        try:
            answer = self._ask(worker_id, self._unanswered or room, is_resend)
        except errors.StaleLease:
            self._unanswered = None
            self._on_lost(worker_id)
            return 0
        except compat.ERRORS as error:
            # Whether the claim took place is unknown: ask for the same rows again. It may have marked its session
            # idle, and a mark outlives a rollback: leave the session.
            self._unanswered = self._unanswered or room
            self._session.leave()
            return self._backoff.failed(error)
        self._backoff.worked()
        asked, self._unanswered = self._unanswered or room, None
        if compat.failpoint is not None:
            compat.failpoint("claim:after_commit")
        leases = self._hold(worker_id, answer)
        if leases is None:
            self._forget()
            return 0
        wait = self._take(asked, leases, answer)
        if is_resend:
            # It brought what the lost claim took. What called for that claim, or came since, is still to be looked for.
            self._is_poked = True
            return 0
        return wait

    def _ask(self, worker_id, room, is_resend):
        if compat.failpoint is not None:
            compat.failpoint("claim:before_send")
        is_kept = self._session.is_kept()
        if not is_kept or self._session.serial != self._serial:
            self._is_idle = False
        may_idle = is_kept and self._state.listen_mode == "listen"
        answer = self._store.claim_workflows(
            worker_id,
            room.start_now,
            room.prefetch,
            self._request_no,
            is_resend,
            may_idle,
            self._is_idle,
        )
        self._serial = self._session.serial
        self._is_idle = bool(answer.get("idle"))
        return answer

    def _hold(self, worker_id, answer):
        """The leases of an answer; None where this worker was declared lost while it was under way: they are or will
        be those of others. Whoever declares it looks at what is held, so the id is looked at when they are."""
        now = self._host.monotonic()
        leases = [Lease(row, now) for row in answer["workflows"]]
        for lease in leases:
            self._state.held[lease.token] = lease
        if worker_id == self._state.worker_id:
            return leases
        for lease in leases:
            self._state.drop(lease)
        return None

    def _take(self, room, leases, answer):
        """Give the claimed workflows to the threads; returns the seconds to wait."""
        self._state.figures.claims += 1
        self._state.figures.claimed += len(leases)
        self._is_dry = len(leases) < room.start_now
        self._is_lean = len(leases) < room.total
        if leases:
            self._threads.submit(leases)
        if any([lease.control is not None for lease in leases]):
            # Without room a claim brings one order at a time: there may be more.
            self._is_poked = True
        wait = self._seconds_to_next(answer.get("retry_ms") if self._is_dry else None)
        self._poll_at = self._host.monotonic() + wait
        return wait if self._is_dry else 0

    def _seconds_to_next(self, retry_ms):
        """The database asks for a soon return where another transaction has what we want and may commit at any
        moment. One that stays open is asked after less and less often."""
        poll_seconds = self._poll_seconds()
        if retry_ms is None:
            self._returns = 0
            return poll_seconds
        self._returns += 1
        return min(poll_seconds, retry_ms / 1000.0 * 2 ** min(self._returns - 1, 10))
