"""system.tag over the tags in memory."""

from __future__ import absolute_import, division, print_function

from standin.quality import BasicQualifiedValue, QualityCode


class SystemTag(object):
    def __init__(self, gateway, project_name):
        self._tags = gateway.tags
        self._gateway = gateway
        self._project_name = project_name

    def readBlocking(self, tagPaths, timeout=45000):
        return [self._read(path) for path in _as_list(tagPaths)]

    def writeBlocking(self, tagPaths, values, timeout=45000):
        paths, values = _as_list(tagPaths), _as_list(values)
        if len(paths) != len(values):
            raise ValueError("%d tag paths and %d values" % (len(paths), len(values)))
        return [self._tags.write(path, value) for path, value in zip(paths, values)]

    def readAsync(self, tagPaths, callback):
        self._later("readAsync", lambda: callback(self.readBlocking(tagPaths)))

    def writeAsync(self, tagPaths, values, callback=None):
        def work():
            written = self.writeBlocking(tagPaths, values)
            if callback is not None:
                callback(written)

        self._later("writeAsync", work)

    def exists(self, tagPath):
        return self._tags.find(tagPath) is not None

    def configure(self, basePath, tags, collisionPolicy="o"):
        answers = []
        for described in tags:
            base = basePath if basePath.endswith("]") or not basePath else basePath + "/"
            script = [
                one["script"]
                for one in described.get("eventScripts", [])
                if one["eventid"] == "valueChanged" and one.get("enabled", True)
            ]
            self._tags.create(
                base + described["name"], described.get("value"), script[0] if script else None
            )
            answers.append(QualityCode.Good)
        return answers

    def deleteTags(self, tagPaths):
        return [
            QualityCode.Good if self._tags.delete(path) else QualityCode.Bad_NotFound
            for path in _as_list(tagPaths)
        ]

    def _read(self, path):
        tag = self._tags.find(path)
        if tag is None:
            return BasicQualifiedValue(None, QualityCode.Bad_NotFound)
        return tag.current

    def _later(self, name, work):
        self._gateway.start_script_thread(self._project_name, "tag-%s" % name, work)


def _as_list(values):
    return list(values) if isinstance(values, (list, tuple)) else [values]
