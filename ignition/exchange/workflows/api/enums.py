"""The part of params.py about enums: lists of choices, in versions. Scripts call it through params."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import makeOk
from exchange.workflows.api.problems import answers_problems, enum_not_found
from exchange.workflows.api.versions import STATUS_ACTIVE, known_status, row_of
from exchange.workflows.engine.instance import getWorkflows


@answers_problems("ENUM_SEARCH_FAILED")
def listEnums(status=STATUS_ACTIVE, latestOnly=True, dbName=None):
    """The enums, by name, the newest version first.

    status: "active" or "obsolete"; None is both. latestOnly: one version of each name.

    Answers ENUMS_OK {enums, count}; each has the keys of getEnum. Errors: INVALID_ARGUMENTS, ENUM_SEARCH_FAILED.

        for one in exchange.workflows.api.params.listEnums()["enums"]:
            print(one["enumName"], [choice["label"] for choice in one["values"]])
    """
    rows = _rows(dbName, status=status, latestOnly=latestOnly)
    return makeOk("ENUMS_OK", "%d found" % len(rows), {"enums": rows, "count": len(rows)})


@answers_problems("ENUM_LOOKUP_FAILED")
def getEnum(enumName=None, enumVersion=None, dbName=None, activeOnly=True):
    """One enum: the version that is asked for, whatever its status, else the latest active one.

    activeOnly: False: without a version, the latest one also where it is obsolete.

    Answers ENUM_OK {enumName, enumVersion, values, status, description, createdBy, createdAt, createdAtEpochMs};
    values is a list of {label, value, isDisabled}. Errors: ENUM_NOT_FOUND, INVALID_ARGUMENTS, ENUM_LOOKUP_FAILED.

        print(exchange.workflows.api.params.getEnum("BatchMode")["values"])
    """
    require(enumName=enumName)
    if enumVersion is None and not activeOnly:
        newest = _rows(dbName, name=enumName, latestOnly=True)
        enumVersion = newest[0]["enumVersion"] if newest else None
    row = getWorkflows(dbName).store.get_enum(enumName, given(enum_version=enumVersion))
    if row is None:
        return enum_not_found(enumName, enumVersion)
    return makeOk("ENUM_OK", "version %d" % row["enum_version"], _enum_of(row))


@answers_problems("ENUM_CREATE_FAILED")
def createEnumVersion(
    enumName=None, enumValues=None, description=None, createdBy=None, activate=True, dbName=None
):
    """Adds a version of an enum. Versions are never changed.

    enumValues: a list of {"label", "value", "isDisabled"}, or of plain values. activate: False adds it as obsolete.
    createdBy: who, for the audit.

    Answers ENUM_CREATED {enumName, enumVersion}. Errors: INVALID_ARGUMENTS, ENUM_CREATE_FAILED.

        exchange.workflows.api.params.createEnumVersion("BatchMode", ["gentle", "fast"], createdBy="anna")
    """
    require(enumName=enumName)
    workflows = getWorkflows(dbName)
    choices = workflows.json_text(enumValues, "enum_values")
    options = given(description=description, actor=createdBy)
    options["is_active"] = bool(activate)
    row = workflows.store.create_enum(enumName, choices, options)
    data = {"enumName": row["enum_name"], "enumVersion": row["enum_version"]}
    return makeOk("ENUM_CREATED", "version %d" % row["enum_version"], data)


@answers_problems("ENUM_STATUS_FAILED")
def setEnumStatus(enumName=None, enumVersion=None, status=None, actor=None, dbName=None, reason=None):
    """Makes a version of an enum "active" or "obsolete"; enumVersion None is all versions. Any other word is
    obsolete. actor, reason: for the audit.

    Answers ENUM_STATUS_SET {rows, actor, status}; rows is how many have changed. Errors: ENUM_NOT_FOUND,
    INVALID_ARGUMENTS, ENUM_STATUS_FAILED.

        exchange.workflows.api.params.setEnumStatus("BatchMode", 1, "obsolete", actor="anna")
    """
    require(enumName=enumName, status=status)
    return _set_status(dbName, enumName, enumVersion, known_status(status), actor, reason)


@answers_problems("ENUM_DELETE_FAILED")
def deleteEnumVersion(enumName=None, enumVersion=None, actor=None, dbName=None, reason=None):
    """Takes a version of an enum out of every list, for good. Its number is not given again.

    Answers ENUM_DELETED {rows, actor, status}. Errors: INVALID_ARGUMENTS (a template or a workflow uses it),
    ENUM_NOT_FOUND, ENUM_DELETE_FAILED.

        exchange.workflows.api.params.deleteEnumVersion("BatchMode", 1, actor="anna")
    """
    require(enumName=enumName, enumVersion=enumVersion)
    return _set_status(dbName, enumName, enumVersion, "deleted", actor, reason)


@answers_problems("ENUM_DELETE_FAILED")
def deleteEnum(enumName=None, actor=None, dbName=None, reason=None):
    """Takes all versions of an enum out of every list, as deleteEnumVersion does with one.

        exchange.workflows.api.params.deleteEnum("BatchMode", actor="anna")
    """
    require(enumName=enumName)
    return _set_status(dbName, enumName, None, "deleted", actor, reason)


def _rows(dbName, name=None, status=None, latestOnly=True):
    filters = given(enum_name=name, status=known_status(status))
    filters["latest_only"] = bool(latestOnly)
    return [_enum_of(row) for row in getWorkflows(dbName).store.list_enums(filters)]


def _enum_of(row):
    row = row_of(row)
    row["values"] = row.pop("choices")
    return row


def _set_status(dbName, name, version, status, actor, reason):
    options = given(enum_version=version, actor=actor, reason=reason)
    changed = getWorkflows(dbName).store.set_enum_status(name, status, options)["changed"]
    data = {"rows": changed, "actor": actor, "status": status, "enumName": name}
    code = "ENUM_DELETED" if status == "deleted" else "ENUM_STATUS_SET"
    return makeOk(code, "%d changed" % changed, data)
