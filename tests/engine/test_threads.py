"""Workflow threads: started when needed, ended when idle, never lost to what they run."""

import threading
import types
from typing import Any

import pytest

from exchange.workflows import settings
from exchange.workflows.engine.parallel_threads import ParallelThreads
from exchange.workflows.engine.threads import WorkflowThreads
from exchange.workflows.host import cpython
from tests.engine.fakes import make_lease
from tests.waiting import wait_until

PATIENCE = 10


class Crew:
    """Threads whose work waits until the test lets it go on."""

    def __init__(self, count, host=cpython):
        self.begun: Any = cpython.make_queue()
        self.go_on = threading.Semaphore(0)
        self.room = threading.Event()
        self.threads = WorkflowThreads(host, count, self.execute, self.room.set)

    def execute(self, lease, gate):
        self.begun.put((lease.workflow_id[-1], threading.current_thread()))
        assert self.go_on.acquire(timeout=3 * PATIENCE), "longer than the test waits for others"
        if lease.row.get("raises"):
            raise lease.row["raises"]

    def next_begun(self):
        return self.begun.get(timeout=PATIENCE)

    def finish(self, count):
        for _ in range(count):
            self.go_on.release()

    def end(self):
        self.threads.end()


@pytest.fixture
def make_crew():
    made = []

    def make(*args):
        made.append(Crew(*args))
        return made[-1]

    yield make
    for crew in made:
        crew.finish(100)
        crew.end()


def leases(*numbers, started=True):
    return [make_lease(number, started=started) for number in numbers]


def orders(*numbers):
    return [make_lease(number, started=True, control="abort 1") for number in numbers]


def test_an_order_waits_neither_for_work_nor_for_another_order(make_crew):
    crew = make_crew(1)
    crew.threads.submit(leases(1))
    assert crew.next_begun()[0] == "1"
    for number in (2, 3, 4):
        crew.threads.submit(orders(number))
        assert crew.threads.thread_count() == number
        assert crew.next_begun()[0] == str(number)


def test_a_thousand_orders_do_not_start_a_thousand_threads(make_crew):
    crew = make_crew(2)
    crew.threads.submit(leases(1, 1))
    most = 2 + settings.ORDER_THREADS
    for number in range(1000):
        crew.threads.submit(orders(number))
    assert crew.threads.thread_count() == most
    begun = [crew.next_begun() for _ in range(most)]
    assert not crew.threads.has_room_for_order()
    assert crew.threads.waiting_count() == 1002 - most
    crew.finish(1002)
    begun += [crew.next_begun() for _ in range(1002 - most)]
    assert len({thread for _, thread in begun}) == most


def test_threads_beyond_the_number_take_orders_only_and_end_after_them(make_crew):
    crew = make_crew(1)
    crew.threads.submit(leases(1))
    crew.next_begun()
    crew.threads.submit(leases(2))
    crew.threads.submit(orders(3, 4))
    started = [crew.next_begun() for _ in range(2)]
    assert [number for number, _ in started] == ["3", "4"]
    for left in (2, 1):
        crew.finish(1)
        wait_until(lambda left=left: crew.threads.thread_count() == left)
    crew.finish(1)
    assert crew.next_begun()[0] == "2"


def test_room_for_an_order(make_crew):
    crew = make_crew(1)
    crew.threads.submit(leases(1))
    crew.next_begun()
    for number in range(settings.ORDER_THREADS):
        assert crew.threads.has_room_for_order()
        crew.threads.submit(orders(number))
        crew.next_begun()
    assert not crew.threads.has_room_for_order()
    crew.room.clear()
    crew.finish(1)
    assert crew.room.wait(PATIENCE), "the dispatcher is told"
    wait_until(crew.threads.has_room_for_order)


def test_an_order_goes_before_work_that_waits(make_crew):
    crew = make_crew(1)
    crew.threads.submit(leases(1))
    crew.next_begun()
    crew.threads.submit(leases(2))
    crew.threads.submit(orders(3))
    assert crew.next_begun()[0] == "3"


def test_threads_start_when_needed_and_no_more_than_allowed(make_crew):
    crew = make_crew(2)
    assert crew.threads.thread_count() == 0
    crew.threads.submit(leases(1))
    crew.next_begun()
    assert crew.threads.thread_count() == 1
    crew.threads.submit(leases(2, 3))
    crew.next_begun()
    assert (crew.threads.thread_count(), crew.threads.busy_count()) == (2, 2)
    assert crew.threads.waiting_count() == 1


def test_an_idle_thread_takes_the_next_work(make_crew):
    crew = make_crew(4)
    crew.threads.submit(leases(1))
    _, first = crew.next_begun()
    crew.finish(1)
    assert crew.room.wait(PATIENCE)
    crew.threads.submit(leases(2))
    _, second = crew.next_begun()
    assert first is second


class Host:
    """A process whose threads sleep on when they are woken, and which has no more threads for a while."""

    QueueEmpty = cpython.QueueEmpty
    make_gate = staticmethod(cpython.make_gate)
    make_lock = staticmethod(cpython.make_lock)
    get_logger = staticmethod(cpython.get_logger)

    def __init__(self, failures=0):
        self.failures = failures
        self.awake = threading.Event()
        self.awake.set()
        self.taken = threading.Semaphore(0)

    def make_queue(self):
        queue: Any = cpython.make_queue()

        def get(*args):
            ticket = queue.get(*args)
            self.taken.release()
            assert self.awake.wait(PATIENCE)
            return ticket

        return types.SimpleNamespace(put=queue.put, qsize=queue.qsize, get=get)

    def start_thread(self, name, target):
        if self.failures:
            self.failures -= 1
            raise RuntimeError("can't start new thread")
        return cpython.start_thread(name, target)


@pytest.fixture
def make_drowsy(make_crew):
    """A crew with one thread that has the ticket for other work, and still looks idle."""

    def make(count, kind):
        host = Host()
        crew = make_crew(count, host)
        crew.threads.submit(leases(1))
        crew.next_begun()
        crew.finish(1)
        wait_until(lambda: crew.threads.idle_count() == 1)
        assert host.taken.acquire(timeout=PATIENCE)
        host.awake.clear()
        crew.threads.submit(kind(2))
        assert host.taken.acquire(timeout=PATIENCE)
        return crew, host.awake

    return make


def test_no_work_waits_for_a_thread_that_has_taken_other_work(make_drowsy):
    crew, awake = make_drowsy(2, leases)
    crew.threads.submit(leases(3))
    awake.set()
    assert {crew.next_begun()[0] for _ in range(2)} == {"2", "3"}


@pytest.mark.parametrize("kind, count", [(leases, 2), (orders, 1)])
def test_nothing_waits_for_a_thread_that_begins_other_work_meanwhile(
    make_drowsy, monkeypatch, kind, count
):
    crew, awake = make_drowsy(count, kind)
    idle_count = crew.threads.idle_count

    def count_and_begin():
        idle = idle_count()
        awake.set()
        assert crew.next_begun()[0] == "2"
        return idle

    monkeypatch.setattr(crew.threads, "idle_count", count_and_begin)
    crew.threads.submit(kind(3))
    assert crew.next_begun()[0] == "3"


def test_a_thread_that_cannot_be_started_takes_no_place(make_crew):
    crew = make_crew(1, Host(failures=2))
    for number in (1, 2):
        with pytest.raises(RuntimeError):
            crew.threads.submit(leases(number))
        assert crew.threads.thread_count() == 0
    crew.finish(3)
    crew.threads.submit(leases(3))
    assert [crew.next_begun()[0] for _ in range(3)] == ["1", "2", "3"]


def test_a_thread_for_steps_beside_that_cannot_be_started_takes_no_place():
    host = Host(failures=2)
    threads = ParallelThreads(host, 1, 1)
    ran: Any = cpython.make_queue()

    class Branch:
        def run(self, gate):
            ran.put(threading.current_thread())

    for _ in range(2):
        with pytest.raises(RuntimeError):
            threads.put(Branch())
        assert threads.thread_count() == 0
    threads.put(Branch())
    assert len({ran.get(timeout=PATIENCE) for _ in range(3)}) == 1
    threads.end()


def test_what_must_start_now_goes_before_what_was_fetched_ahead(make_crew):
    crew = make_crew(1)
    crew.threads.submit(leases(1))
    crew.threads.submit(leases(2, 3, started=False))
    crew.threads.submit(leases(4))
    crew.finish(4)
    assert [crew.next_begun()[0] for _ in range(4)] == ["1", "4", "2", "3"]


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_thread_survives_what_the_engine_could_not_catch(make_crew, error):
    crew = make_crew(1)
    crew.threads.submit([make_lease(1, raises=error()), make_lease(2)])
    _, first = crew.next_begun()
    crew.finish(1)
    _, second = crew.next_begun()
    assert first is second


def test_an_idle_thread_ends(make_crew, monkeypatch):
    monkeypatch.setattr(settings, "THREAD_IDLE_SECONDS", 0.01)
    crew = make_crew(2)
    crew.threads.submit(leases(1))
    _, thread = crew.next_begun()
    crew.finish(1)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert crew.threads.thread_count() == 0
    crew.threads.submit(leases(2))
    assert crew.next_begun()[0] == "2"


def test_work_that_nobody_began_can_be_taken_back(make_crew):
    crew = make_crew(1)
    crew.threads.submit(leases(1))
    crew.next_begun()
    crew.threads.submit(leases(2))
    crew.threads.submit(leases(3, started=False))
    assert [lease.workflow_id[-1] for lease in crew.threads.take_waiting()] == ["2", "3"]
    assert crew.threads.waiting_count() == 0


def test_the_end_lets_running_work_finish_and_ends_every_thread(make_crew):
    crew = make_crew(3)
    crew.threads.submit(leases(1, 2))
    running = [crew.next_begun()[1] for _ in range(2)]
    crew.threads.end()
    crew.finish(2)
    for thread in running:
        thread.join(PATIENCE)
        assert not thread.is_alive()
