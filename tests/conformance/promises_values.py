"""Promises about values: what a script has in its hands becomes what JSON can hold, or is refused with its place."""

from __future__ import absolute_import, division, print_function

import datetime
import decimal
import json
import uuid

from exchange.workflows.engine import payload
from tests.conformance.promises import EMOJI, gateway_promise, promise, refused

NAN = float("inf") - float("inf")


def plain(value):
    return json.loads(payload.to_json(value))


@promise
def plain_values_stay_what_they_are(world):
    for value in (None, True, 0, -1, 2**53, 1.5, "text", EMOJI, [], {}, [1, [2, {"a": None}]]):
        assert plain(value) == value, repr(value)


@promise
def values_of_python_become_plain(world):
    assert plain((1, 2)) == [1, 2]
    assert plain(set([3])) == [3]
    assert plain(decimal.Decimal("1.5")) == 1.5
    assert plain(decimal.Decimal("12345678901234567890")) == 12345678901234567890
    assert plain(datetime.datetime(2026, 1, 31, 8, 0, 0, 250)) == "2026-01-31T08:00:00.000250"
    assert plain(uuid.UUID(int=7)) == "00000000-0000-0000-0000-000000000007"
    assert plain({1: "a", None: "b"}) == {"1": "a", "null": "b"}


@promise
def what_has_no_plain_form_is_refused_with_its_place(world):
    class Pump(object):
        pass

    for value, path in (
        ({"a": [1, Pump()]}, "value.a[1]"),
        ([NAN], "value[0]"),
        ({"a": "x\x00"}, "value.a"),
        ({(1, 2): 3}, "value"),
        (len, "value"),
    ):
        assert refused(payload.BadValue, payload.to_json, value).path == path, path
    deep = []
    for _ in range(200):
        deep = [deep]
    refused(payload.BadValue, payload.to_json, deep)


@gateway_promise
def values_of_java_become_plain(world):
    from jarray import array
    from java.lang import Boolean, Double, Integer, Long, String
    from java.math import BigDecimal, BigInteger
    from java.sql import Timestamp
    from java.util import UUID as JavaUuid
    from java.util import ArrayList, Date, HashMap, HashSet, LinkedHashMap, Optional

    assert plain(Date(0)) == "1970-01-01T00:00:00.000000+00:00"
    moment = Timestamp(1769846400000)
    moment.setNanos(123456000)
    assert plain({"at": moment}) == {"at": "2026-01-31T08:00:00.123456+00:00"}
    assert plain(BigDecimal("1.50")) == 1.5
    assert plain(BigDecimal("12345678901234567890")) == 12345678901234567890
    assert plain(BigInteger("12345678901234567890")) == 12345678901234567890
    assert plain(JavaUuid(0, 7)) == "00000000-0000-0000-0000-000000000007"
    mapping = LinkedHashMap()
    mapping.put("list", ArrayList([1, None, BigDecimal("2.5")]))
    mapping.put(Integer(3), HashSet(["a"]))
    assert plain(mapping) == {"list": [1, None, 2.5], "3": ["a"]}
    assert plain(array([1, 2], "i")) == [1, 2]
    assert plain([Long(2**40), Double(1.5), Boolean(True), String("x")]) == [2**40, 1.5, True, "x"]
    assert (
        refused(payload.BadValue, payload.to_json, {"a": HashMap({"b": Optional.empty()})}).path
        == "value.a.b"
    )
    assert refused(payload.BadValue, payload.to_json, [Double.NaN]).path == "value[0]"


@gateway_promise
def values_of_the_gateway_become_plain(world):
    from tests.conformance.gateway_shim import Rows

    class Qualified(object):
        """As the gateway's: three getters."""

        def getValue(self):
            return 4.5

        def getQuality(self):
            return "Good"

        def getTimestamp(self):
            from java.util import Date

            return Date(0)

    assert plain(Qualified()) == {
        "value": 4.5,
        "quality": "Good",
        "timestamp": "1970-01-01T00:00:00.000000+00:00",
    }
    rows = Rows(["tank", "level"], [["T-1", 4.5], [EMOJI, None]])
    assert plain({"rows": rows}) == {
        "rows": [{"tank": "T-1", "level": 4.5}, {"tank": EMOJI, "level": None}]
    }
    json_column = world.admin(
        'select \'{"a": "\\u00b5"}\'::jsonb, 1.5::numeric, now(), gen_random_uuid(), 2::bigint'
    )[0]
    found = plain(json_column)
    assert found[0].startswith('{"a"') and found[1] == 1.5 and found[4] == 2, found
    with world.connector.transaction() as tx:
        [row] = tx.query(
            "select 1.5::numeric as amount, timestamptz '2026-01-31 08:00:00.123456+00' as at"
        )
    assert plain(row) == {"amount": 1.5, "at": "2026-01-31T08:00:00.123456+00:00"}
