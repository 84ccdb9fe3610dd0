"""Version and defaults, in one place. Imports nothing of ours.

What the database decides (lease, poll and payload limits) is answered by
register_worker and wins over the values here, which only serve until then.
"""

from __future__ import absolute_import, division, print_function

VERSION = "0.1.0"
SCHEMA_VERSION = 13
SCHEMA_NAME = "workflows"
HOW_TO_MIGRATE = "run: ignition-workflows migrate, or ignition-workflows-%s.sql in any SQL client" % VERSION
QUEUE_NAME = "default"
# In a gateway: the database connection that is meant where none is named, and how many of its pool we may use.
DATABASE_NAME = "WorkflowsDB"
CONNECTIONS = 8

# Limits of payloads. Inputs beyond them are refused, results beyond them are errors of their workflow.
PAYLOAD_BYTES = 1048576
# More than this the setting payload_bytes cannot allow, so it is not even sent.
PAYLOAD_MOST_BYTES = 104857600
PAYLOAD_DEPTH = 64
NAME_CHARACTERS = 200

# Until register_worker has answered.
LEASE_MS = 20000
RENEW_MS = 5000
POLL_MS = 1000
SUSPEND_OVER_MS = 2000

# The worker.
THREADS = 16
# How many more may start for orders that find all of these busy; the others wait in their lane.
ORDER_THREADS = 4
# How often a short wait in a thread asks for what it waits for, and the longest wait there is.
ASK_AGAIN_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 315360000
# Steps that run beside their workflows: of all workflows of a worker, and of one.
PARALLEL_STEPS = 16
PARALLEL_STEPS_PER_WORKFLOW = 8
# Children that one step starts; more take more steps.
CHILDREN_PER_STEP = 1000
PREFETCH = 500
# Prefetch no more than what the worker finishes in this time, so that slow workflows are not hoarded.
PREFETCH_SECONDS = 0.05
THREAD_IDLE_SECONDS = 10.0
DRAIN_SECONDS = 30.0
# How long a stop waits for steps to reach their boundary before it leaves them to the background.
RELEASE_SECONDS = 2.0
BATCH_ENTRIES = 500
FINISH_PACE_SECONDS = 0.004
FINISH_PACE_ENTRIES = 20
BATCH_BYTES = 4194304
MAINTENANCE_SECONDS = 1.0
MAINTENANCE_LIMIT = 500
RECONNECT_SECONDS = 0.2
RECONNECT_MAX_SECONDS = 3.0
LISTEN_CHECK_SECONDS = 10.0
LISTEN_ANSWER_SECONDS = 3.0
# The server cuts off a listener that does not read for so long: while it waits it holds a snapshot, and
# no vacuum of that database gets rid of anything.
LISTEN_FROZEN_MS = 20000
# A listener that does not hear its own pings for so long is deaf; how often it looks at that.
LISTEN_DEAF_SECONDS = 10.0
LISTEN_LOOK_SECONDS = 2.0
ROLE_LOOK_SECONDS = 1.0
CALL_SECONDS = 15.0
# A client's call whose connection is lost is sent again for so long; as long it waits for a free connection.
RETRY_SECONDS = 5.0

# Figures: the bounds of durations, and how many names of workflows and of steps are counted one by one.
FIGURE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
FIGURE_NAMES = 200

# The in-memory buffer of enqueueInMemory.
BUFFER_ENTRIES = 400000
BUFFER_BYTES = 268435456
# When it is full: reject | drop_oldest | coalesce.
BUFFER_POLICY = "reject"
BUFFER_FLUSH_SECONDS = 0.05
BUFFER_FLUSH_ENTRIES = 500
# How often a thread that may not flush looks whether the one that may is gone.
BUFFER_TAKEOVER_SECONDS = 0.25
BUFFER_REJECTED_BATCH = 100

# Its journal.
JOURNAL_BYTES = 536870912
JOURNAL_SEGMENT_BYTES = 16777216
JOURNAL_SYNC_SECONDS = 0.005
JOURNAL_SYNC_MOST_SECONDS = 10.0

# Step retries, where options leave them out.
STEP_MAX_ATTEMPTS = 3
STEP_INTERVAL_SECONDS = 1.0
STEP_BACKOFF_RATE = 2.0
STEP_MAX_INTERVAL_SECONDS = 3600.0
