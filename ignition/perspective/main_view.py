"""All views behind tabs, for a page of its own."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.parts import Json

_TABS = {
    "Monitor": "Monitor",
    "Attention": "AttentionNeeded",
    "Prompts": "Prompts",
    "Start": "Start",
    "Queues": "Queues",
    "Recipes": "Recipes",
    "Admin": "Admin",
}
_FOR_ADMINS = ("Recipes", "Admin")


def make() -> Json:
    shown = []
    for number, name in enumerate(_TABS.values()):
        roles = "adminRoles" if name in _FOR_ADMINS else "roles"
        params = {"roles": parts.copy_of("view.params." + roles)}
        shown.append(parts.embedded(name, name, params, {"tabIndex": number}))
    props = {"tabs": list(_TABS), "style": {"height": "100%"}}
    root = parts.component("ia.container.tab", "root", props, children=shown)
    return parts.view(root, {"adminRoles": "", "roles": ""}, size=(1300, 800))
