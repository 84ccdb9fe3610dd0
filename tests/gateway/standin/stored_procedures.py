"""What system.db.createSProcCall answers: a call over a CallableStatement."""

from __future__ import absolute_import, division, print_function

from java.sql import Timestamp
from java.util import Date
from standin.dataset import py_dataset


class SProcCall(object):
    def __init__(self, procedureName, database, tx, skipAudit):
        self._procedure = procedureName
        self._database = database
        self._tx = tx
        self._skip_audit = skipAudit
        self._in = {}
        self._out = {}
        self._return_type = None
        self._return_value = None
        self._out_values = {}
        self._result = None
        self._count = -1

    def registerInParam(self, param, typeCode, value):
        self._in[param] = (typeCode, value)

    def registerOutParam(self, param, typeCode):
        self._out[param] = typeCode

    def registerReturnParam(self, typeCode):
        self._return_type = typeCode

    def getProcedureName(self):
        return self._procedure

    def getDataSource(self):
        return self._database

    def getTxId(self):
        return self._tx

    def setTxId(self, txId):
        self._tx = txId

    def isSkipAudit(self):
        return self._skip_audit

    def setSkipAudit(self, skipAudit):
        self._skip_audit = skipAudit

    def getReturnValue(self):
        return self._return_value

    def getOutParamValue(self, param):
        return self._out_values[param]

    def getResultSet(self):
        return self._result

    def getUpdateCount(self):
        return self._count

    def execute(self, connection):
        has_return = self._return_type is not None
        names = set(self._in) | set(self._out)
        form = "{? = call %s(%s)}" if has_return else "{call %s(%s)}"
        call = connection.prepareCall(form % (self._procedure, ", ".join("?" * len(names))))
        try:
            if has_return:
                call.registerOutParameter(1, self._return_type)
            for param, (code, value) in self._in.items():
                _set(call, _place(param, has_return), code, value)
            for param, code in self._out.items():
                call.registerOutParameter(_place(param, has_return), code)
            if call.execute():
                self._result = py_dataset(call.getResultSet())
            else:
                self._count = call.getUpdateCount()
            if has_return:
                self._return_value = call.getObject(1)
            for param in self._out:
                self._out_values[param] = call.getObject(_place(param, has_return))
        finally:
            call.close()


def _place(param, has_return):
    """Parameters are counted from 1 by the caller, whether there is a return value or not."""
    return param if hasattr(param, "lower") or not has_return else param + 1


def _set(call, place, code, value):
    if value is None:
        call.setNull(place, code)
        return
    if isinstance(value, Date) and not isinstance(value, Timestamp):
        value = Timestamp(value.getTime())
    call.setObject(place, value, code)
