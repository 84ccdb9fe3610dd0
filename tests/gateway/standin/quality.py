"""Qualities and qualified values of tags."""

from __future__ import absolute_import, division, print_function

from java.util import Date


class QualityCode(object):
    """com.inductiveautomation.ignition.common.model.values.QualityCode"""

    def __init__(self, name, code, diagnostic=None):
        self._name = name
        self._code = code
        self._diagnostic = diagnostic

    def getName(self):
        return self._name

    def getCode(self):
        return self._code

    def getDiagnosticMessage(self):
        return self._diagnostic

    def isGood(self):
        return self._name.startswith("Good")

    def isNotGood(self):
        return not self.isGood()

    def isBad(self):
        return self._name.startswith("Bad")

    def isUncertain(self):
        return self._name.startswith("Uncertain")

    def isError(self):
        return self._name.startswith("Error")

    def isBadOrError(self):
        return self.isBad() or self.isError()

    def is_(self, other):
        return self == other

    def toString(self):
        return "%s(%s)" % (self._name, self._diagnostic) if self._diagnostic else "%s" % self._name

    def __str__(self):
        return str(self.toString())

    __repr__ = __str__

    def __unicode__(self):
        return self.toString()

    def __eq__(self, other):
        return isinstance(other, QualityCode) and other.getCode() == self._code

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._code)

    name = property(getName)
    code = property(getCode)
    good = property(isGood)
    diagnosticMessage = property(getDiagnosticMessage)


QUALITIES = {
    "Good": 192,
    "Uncertain": 256,
    "Uncertain_LastKnownValue": 257,
    "Bad": 512,
    "Bad_Unauthorized": 513,
    "Bad_AccessDenied": 514,
    "Bad_Disabled": 515,
    "Bad_Stale": 500,
    "Bad_ReadOnly": 516,
    "Bad_NotConnected": 517,
    "Bad_NotFound": 519,
    "Bad_OutOfRange": 520,
    "Bad_Failure": 521,
    "Error": 768,
    "Error_TimeoutExpired": 769,
    "Error_TypeConversion": 770,
}
for _name, _code in QUALITIES.items():
    setattr(QualityCode, _name, QualityCode(_name, _code))


class QualifiedValue(object):
    """com.inductiveautomation.ignition.common.model.values.QualifiedValue"""


class BasicQualifiedValue(QualifiedValue):
    def __init__(self, value=None, quality=None, timestamp=None):
        self.value = value
        self.quality = quality or QualityCode.Good
        self.timestamp = timestamp or Date()

    def getValue(self):
        return self.value

    def getQuality(self):
        return self.quality

    def getTimestamp(self):
        return self.timestamp

    def __repr__(self):
        return "[%r, %s, %s]" % (self.value, self.quality, self.timestamp)
