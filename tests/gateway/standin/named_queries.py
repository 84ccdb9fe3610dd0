"""Named queries of a project, with their declared parameters."""

from __future__ import absolute_import, division, print_function

import re

from java.lang import NullPointerException

KIND = "named-query"
_CONVERSIONS = {0: int, 1: int, 2: int, 3: int, 4: float, 5: float, 6: bool}
_WORD = re.compile(r"(?<![:\w]):([A-Za-z_]\w*)")


class NamedQuery(object):
    def __init__(self, path, text, manifest):
        attributes = manifest["attributes"]
        self.path = path
        self.kind = attributes.get("type", "Query")
        self._text = text
        self._is_current = manifest.get("version") == 2
        self._database = attributes.get("database", "")
        self._parameters = {one["identifier"]: one for one in attributes.get("parameters", [])}

    def bind(self, given):
        """(sql with question marks, values, database). Every :word must be declared, in comments too."""
        if not self._is_current:
            raise NullPointerException("named query %s has version 1" % self.path)
        unknown = set(given) - set(self._parameters)
        if unknown:
            raise ValueError("named query %s has no parameter %s" % (self.path, sorted(unknown)))
        database = self._database
        text = self._text
        for name, declared in self._parameters.items():
            if declared["type"] == "QueryString":
                text = text.replace("{%s}" % name, "%s" % given.get(name, ""))
            elif declared["type"] == "Database" and database == "{}":
                database = given.get(name, "")
        values = []

        def place(match):
            name = match.group(1)
            if name not in self._parameters:
                raise ValueError(
                    "named query %s uses :%s, which it does not declare" % (self.path, name)
                )
            values.append(_converted(given.get(name), self._parameters[name].get("sqlType")))
            return "?"

        return _WORD.sub(place, text), values, database


def find(project, path):
    resource = project.resource(KIND, path)
    if resource is None:
        raise ValueError("project %s has no named query %s" % (project.name, path))
    if not resource.is_enabled:
        raise ValueError("named query %s is disabled" % path)
    return NamedQuery(path, resource.text("query.sql"), resource.manifest)


def _converted(value, sql_type):
    convert = _CONVERSIONS.get(sql_type)
    return value if value is None or convert is None else convert(value)
