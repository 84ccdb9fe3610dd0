"""The views of the export by name."""

from __future__ import annotations

from ignition.perspective import (
    admin,
    attention,
    confirm,
    details,
    main_view,
    monitor,
    prompts,
    queues,
    recipes,
    start,
    tiles,
)
from ignition.perspective.parts import FOLDER, Json

PLACE = "com.inductiveautomation.perspective/views/" + FOLDER


def views() -> dict[str, Json]:
    return {
        "Admin": admin.make(),
        "AttentionNeeded": attention.make(),
        "Confirm": confirm.make(),
        "Details": details.make(),
        "Main": main_view.make(),
        "Monitor": monitor.make(),
        "Prompts": prompts.make(),
        "QueueDepthTile": tiles.queue_depth_tile(),
        "Queues": queues.make(),
        "Recipes": recipes.make(),
        "Start": start.make(),
        "StatusPill": tiles.status_pill(),
        "StepBar": tiles.step_bar(),
    }
