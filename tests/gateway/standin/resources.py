"""A project on disk: its resources, and those that it inherits."""

from __future__ import absolute_import, division, print_function

import json
import os

SCRIPT_TYPE = "script-python"
APPLICATION_SCOPE = "A"


class Project(object):
    """The folder of one project. A resource of its own hides the parent's of the same path."""

    def __init__(self, name, folder, parent=None):
        self.name = name
        self.folder = folder
        self.parent = parent

    @property
    def lineage(self):
        """This project, then its parent, and so on."""
        return [self] + (self.parent.lineage if self.parent else [])

    def resource(self, kind, path=""):
        """The resource of this type folder and path, or None."""
        for project in self.lineage:
            found = project._own(kind, path)
            if found is not None:
                return found
        return None

    def paths(self, kind):
        """The paths of every resource in a type folder, nested ones too."""
        found = set()
        for project in self.lineage:
            top = os.path.join(project.folder, "ignition", kind)
            for folder, _, files in os.walk(top):
                if "resource.json" in files and folder != top:
                    found.add(os.path.relpath(folder, top).replace(os.sep, "/"))
        return sorted(found)

    def _own(self, kind, path):
        folder = os.path.join(self.folder, "ignition", kind, *[p for p in path.split("/") if p])
        if not os.path.exists(os.path.join(folder, "resource.json")):
            return None
        return Resource(folder)


class Resource(object):
    """A folder with a resource.json: what it says, and the text of its files."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = json.loads(_read(os.path.join(folder, "resource.json")))
        self.attributes = self.manifest.get("attributes", {})

    @property
    def is_application_scoped(self):
        return self.manifest.get("scope") == APPLICATION_SCOPE

    @property
    def is_enabled(self):
        return self.attributes.get("enabled", True)

    def text(self, file_name):
        """The text of a file that the manifest lists, None where it does not list it."""
        path = os.path.join(self.folder, file_name)
        if file_name not in self.manifest.get("files", []) or not os.path.exists(path):
            return None
        return _read(path)


def read_projects(projects_folder):
    """{name: Project} of the enabled projects below a folder. Raises ValueError for an unknown parent
    and for a parent that is not inheritable."""
    described = {}
    for name in sorted(os.listdir(projects_folder)):
        path = os.path.join(projects_folder, name, "project.json")
        if os.path.exists(path):
            described[name] = json.loads(_read(path))
    made = {}

    def make(name):
        if name not in made:
            parent = described[name].get("parent") or None
            if parent and not described.get(parent, {}).get("inheritable"):
                raise ValueError("project %s: its parent %s is not inheritable" % (name, parent))
            folder = os.path.join(projects_folder, name)
            made[name] = Project(name, folder, make(parent) if parent else None)
        return made[name]

    for name in described:
        if described[name].get("enabled", True):
            make(name)
    return made


def _read(path):
    with open(path, "rb") as opened:
        return opened.read().decode("utf-8")
