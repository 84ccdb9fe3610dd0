"""An entry of the in-memory buffer as the content of a journal record, and the entries that records tell."""

from __future__ import absolute_import, division, print_function

import collections

from exchange.workflows.engine.entry_text import workflow_id_of
from exchange.workflows.engine.journal_record import crc_of


def content_of(key, text):
    """The content of a journal record and its checksum, made outside of the lock."""
    content = ("%s\n%s" % (key or "", text)).encode("ascii")
    return content, crc_of(content)


def latest(records):
    """(number, key, text) per workflow id, in order: the place of its first record, the inputs of its last."""
    latest = collections.OrderedDict()
    for number, content in records:
        key, _, text = content.decode("ascii").partition("\n")
        workflow_id = workflow_id_of(text)
        if workflow_id in latest:
            number = latest[workflow_id][0]
        latest[workflow_id] = (number, key or None, text)
    return latest.values()
