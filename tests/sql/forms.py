"""Two forms as people have saved them: one with an enum, a number, a toggle and a date, one of a pinned enum."""

from typing import Any

# Props as Perspective's designer leaves them: computed parts, styles, rows of several widgets.
BATCH_FORM: dict[str, Any] = {
    "name": "Form",
    "columns": {
        "items": [
            {
                "rows": {
                    "items": [
                        {
                            "widgets": [
                                {
                                    "id": "mode",
                                    "type": "dropdown",
                                    "label": {"text": "Mode", "position": "top"},
                                    "validation": {"required": {"enabled": True}},
                                    "dropdown": {
                                        "options": [
                                            {"label": "@enum:BatchMode", "value": "__enum__"},
                                            {"label": "-", "value": 0},
                                        ],
                                        "multiSelect": {"enabled": False},
                                    },
                                },
                                {
                                    "id": "temperature",
                                    "type": "numeric-entry",
                                    "numeric": {"min": 0, "max": 95, "spinner": {"step": 0.5}},
                                },
                            ]
                        },
                        {"widgets": [{"type": "label", "text": "Only to be read"}]},
                    ]
                }
            },
            {
                "rows": {
                    "items": [
                        {"widgets": [{"id": "steam", "type": "toggle", "toggle": {"text": "on"}}]},
                        {"widgets": [{"id": "at", "type": "date", "date": {"format": "LLL"}}]},
                    ]
                }
            },
        ]
    },
    "data": {
        "mode": "slow",
        "temperature": 60.5,
        "steam": False,
        "at": 1769846400000,
        "of a widget that is gone": 1,
    },
    "actions": {"submit": {"enabled": True, "text": "Start"}, "cancel": {"enabled": False}},
    "style": {"classes": "form", "margin": 4},
    "validation": {"isValid": True, "errors": []},
}
CHECK_FORM: dict[str, Any] = {
    "columns": {
        "items": [
            {
                "rows": {
                    "items": [
                        {
                            "widgets": [
                                {
                                    "id": "grade",
                                    "type": "radio",
                                    "radio": {
                                        "options": [{"text": "@enum:Grade:2", "value": "__enum__"}]
                                    },
                                },
                                {"id": "note", "type": "text-area"},
                            ]
                        }
                    ]
                }
            }
        ]
    },
    "locale": "de",
}
