"""The house icon set: our own drawings on a 20 by 20 grid, one stroke, no fill.

`icon()` writes the drawing into the page: no request, no sprite, and `currentColor` gives it
the tone of the words beside it. Next to a word an icon is silent (`aria-hidden`); alone it
must be given a label, which becomes its accessible name. A new icon keeps the grid and the
round ends, and shows up in the style guide by itself.
"""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

SILENT = Markup('aria-hidden="true" focusable="false"')

ICONS: dict[str, str] = {
    "arrow": '<path d="M4 10h12M11 5l5 5-5 5"/>',
    "bell": '<path d="M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.5 17.5h3"/>',
    "book": (
        '<path d="M10 5.5C8.5 4 6 3.5 2.5 3.5v12c3.5 0 6 .5 7.5 2 1.5-1.5 4-2 7.5-2v-12c-3.5 0-6 .5-7.5 2zM10 5.5v12"/>'
    ),
    "box": '<path d="M3 6.5L10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7"/>',
    "chart": '<path d="M3 17h14M5.5 17v-5M10 17V5M14.5 17V9"/>',
    "check": '<path d="M4 10.5l4 4L16 6"/>',
    "chev": '<path d="M7.5 4.5L13 10l-5.5 5.5"/>',
    "chev-d": '<path d="M4.5 7.5L10 13l5.5-5.5"/>',
    "chev-l": '<path d="M12.5 4.5L7 10l5.5 5.5"/>',
    "chev-u": '<path d="M4.5 12.5L10 7l5.5 5.5"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.3l2.8 1.7"/>',
    "company": (
        '<path d="M3.5 17V5.5L11 3v14M11 8h5.5v9M2 17h16"/><path d="M6 8h2M6 11h2M6 14h2M13.5 11h.5M13.5 14h.5"/>'
    ),
    "day": (
        '<rect x="3" y="4" width="14" height="13" rx="1.5"/><path d="M3 8h14M7 2.5v3M13 2.5v3"/><path d="M7 12h6"/>'
    ),
    "doc": '<path d="M5 2.5h6.5l4 4v11H5z"/><path d="M11.5 2.5v4h4"/>',
    "download": '<path d="M10 3v10M5.5 9l4.5 4.5L14.5 9M4 17h12"/>',
    "edit": '<path d="M3.5 16.5l.8-3.5 9-9 2.7 2.7-9 9zM11.5 5.8l2.7 2.7"/>',
    "euro": '<path d="M15 5.2a6 6 0 1 0 0 9.6M3 8.6h8.5M3 11.4h7.5"/>',
    "export": '<path d="M10 12V2.8M6 6.5l4-4 4 4M3 11v6h14v-6"/>',
    "eye": (
        '<path d="M2 10c2-3.5 4.7-5.2 8-5.2s6 1.7 8 5.2c-2 3.5-4.7 5.2-8 5.2S4 13.5 2 '
        '10z"/><circle cx="10" cy="10" r="2.4"/>'
    ),
    "filter": '<path d="M3 5h14M5.5 10h9M8 15h4"/>',
    "glasses": (
        '<circle cx="5.7" cy="11.5" r="3"/><circle cx="14.3" cy="11.5" r="3"/><path d="M8.7 '
        '11c.8-.6 1.8-.6 2.6 0M2.7 10.5L4.5 5M17.3 10.5L15.5 5"/>'
    ),
    "graduate": ('<path d="M10 4L1.8 8 10 12l8.2-4zM5.5 10v4c1.2 1.2 2.7 1.8 4.5 1.8s3.3-.6 4.5-1.8v-4M18.2 8v5"/>'),
    "grip": '<path d="M7.5 5h.01M12.5 5h.01M7.5 10h.01M12.5 10h.01M7.5 15h.01M12.5 15h.01"/>',
    "hand": (
        '<path d="M6 11V5.5a1.2 1.2 0 0 1 2.4 0V9M8.4 9V4a1.2 1.2 0 0 1 2.4 0v5M10.8 9V5a1.2 '
        "1.2 0 0 1 2.4 0v4.5M13.2 9.5V7a1.2 1.2 0 0 1 2.4 0v5c0 3-2 5.5-5 5.5-2.5 "
        '0-3.8-1-5-3L3.3 11.3c-.5-1 .9-2 1.7-1.1L6 11.5"/>'
    ),
    "home": '<path d="M3 9.5L10 3.5l7 6M5 8v9h10V8M8.2 17v-5h3.6v5"/>',
    "import": '<path d="M10 2.5v9M6 8l4 4 4-4M3 11v6h14v-6"/>',
    "info": '<circle cx="10" cy="10" r="7"/><path d="M10 9.3v4.2M10 6.5v.1"/>',
    "invite": (
        '<circle cx="8" cy="7" r="3.2"/><path d="M2 17c0-3.5 2.5-5.5 6-5.5 1.4 0 2.7.3 3.7 1M15 11.5v6M12 14.5h6"/>'
    ),
    "key": ('<circle cx="6.5" cy="13.5" r="3.7"/><path d="M9.2 10.8L16.8 3.2M13 7l2.6 2.6M15 5l1.8 1.8"/>'),
    "late": '<circle cx="10" cy="10" r="7"/><path d="M10 5.5v5.5M10 13.9v.1"/>',
    "left": '<path d="M16 10H4M9 5l-5 5 5 5"/>',
    "link": (
        '<path d="M8.5 11.5a3.4 3.4 0 0 0 4.8 0l2.6-2.6a3.4 3.4 0 0 0-4.8-4.8l-1.2 1.2M11.5 '
        '8.5a3.4 3.4 0 0 0-4.8 0l-2.6 2.6a3.4 3.4 0 0 0 4.8 4.8l1.2-1.2"/>'
    ),
    "list": '<path d="M7 5h10M7 10h10M7 15h10M3.2 5h.1M3.2 10h.1M3.2 15h.1"/>',
    "lock": ('<rect x="4" y="9" width="12" height="8" rx="1.5"/><path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9"/>'),
    "machine": (
        '<path d="M2.5 16.5h15M4 16.5V9h4v3h8v4.5M4 9V6h3v3M8 10.5h2M13 12V8.5h2.5"/><circle cx="5.5" cy="4" r=".4"/>'
    ),
    "mail": '<path d="M2.5 4.5h15v11h-15zM2.5 5l7.5 6 7.5-6"/>',
    "minus": '<path d="M4 10h12"/>',
    "moon": '<path d="M16.5 11.8A7 7 0 1 1 8.2 3.5a5.6 5.6 0 0 0 8.3 8.3z"/>',
    "more": ('<circle cx="4.5" cy="10" r=".6"/><circle cx="10" cy="10" r=".6"/><circle cx="15.5" cy="10" r=".6"/>'),
    "move": (
        '<path d="M10 2.5v15M2.5 10h15M10 2.5l-2 2M10 2.5l2 2M10 17.5l-2-2M10 17.5l2-2M2.5 '
        '10l2-2M2.5 10l2 2M17.5 10l-2-2M17.5 10l-2 2"/>'
    ),
    "note": '<path d="M4 3h12v9l-5 5H4z"/><path d="M16 12h-5v5M7 7h6M7 10h3"/>',
    "offers": '<path d="M3 7.5h14V16H3zM7.5 7.5V5h5v2.5M3 11.5h14M10 10.5v2"/>',
    "orders": '<path d="M4 2.5h8l4 4v11H4z"/><path d="M12 2.5v4h4M7 10.5h6M7 13.5h4"/>',
    "out": '<path d="M8 3.5H3.5v13H8M8 10h9M13.5 6.5L17 10l-3.5 3.5"/>',
    "pair": '<circle cx="7" cy="10" r="4.5"/><circle cx="13" cy="10" r="4.5"/>',
    "pause": '<path d="M7 5v10M13 5v10"/>',
    "people": (
        '<circle cx="7.5" cy="7" r="2.8"/><path d="M2.5 16.5c0-3 2-5 5-5s5 2 5 5M12.5 4.6a2.6 '
        '2.6 0 0 1 0 4.8M14.5 12c1.9.7 3 2.3 3 4.5"/>'
    ),
    "phone": ('<path d="M4 3h3l1.5 4-2 1.5c1 2.2 2.8 4 5 5l1.5-2 4 1.5v3c0 .6-.4 1-1 1C9 17 3 11 3 4c0-.6.4-1 1-1z"/>'),
    "plan": (
        '<path d="M3 4h14v12H3zM3 12.5h14M11 12.5V16"/><circle cx="7.5" cy="8.3" r="2"/><path '
        'd="M11.5 6.5h3M11.5 9.5h3"/>'
    ),
    "play": '<path d="M6.5 4.5v11l9-5.5z"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "print": '<path d="M6 7V2.5h8V7M6 14H3V7.5h14V14h-3M6 11.5h8v6H6z"/>',
    "qr": '<path d="M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2M17 12v5h-5M15 15.5v.1"/>',
    "roll": ('<path d="M3 5l1.3 1.3L6.7 4M3 10l1.3 1.3L6.7 9M3 15l1.3 1.3L6.7 14M10 5.5h7M10 10.5h7M10 15.5h7"/>'),
    "search": '<circle cx="8.5" cy="8.5" r="5.3"/><path d="M12.5 12.5L17 17"/>',
    "settings": (
        '<path d="M3 5.5h7M14 5.5h3M3 14.5h3M10 14.5h7"/><circle cx="12" cy="5.5" '
        'r="2"/><circle cx="8" cy="14.5" r="2"/>'
    ),
    "shield": (
        '<path d="M10 2.5l6.5 2.3v4.7c0 4-2.7 6.8-6.5 8-3.8-1.2-6.5-4-6.5-8V4.8z"/><path d="M6.8 10l2.3 2.3 4.2-4.5"/>'
    ),
    "shield-eye": (
        '<path d="M10 2.5l6.5 2.3v4.7c0 4-2.7 6.8-6.5 8-3.8-1.2-6.5-4-6.5-8V4.8z"/><path d="M6 '
        '9.8c1-1.7 2.4-2.5 4-2.5s3 .8 4 2.5c-1 1.7-2.4 2.5-4 2.5s-3-.8-4-2.5z"/><circle '
        'cx="10" cy="9.8" r=".6"/>'
    ),
    "shield-x": (
        '<path d="M10 2.5l6.5 2.3v4.7c0 4-2.7 6.8-6.5 8-3.8-1.2-6.5-4-6.5-8V4.8z"/><path '
        'd="M7.7 7.7l4.6 4.6M12.3 7.7l-4.6 4.6"/>'
    ),
    "sort": '<path d="M6 12.5l4 4 4-4"/>',
    "star": '<path d="M10 2.8l2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.1l5-.7z"/>',
    "stop": '<rect x="5" y="5" width="10" height="10" rx="1"/>',
    "sun": (
        '<circle cx="10" cy="10" r="3.2"/><path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 '
        '4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4"/>'
    ),
    "swap": '<path d="M3.5 7h11M11.5 4l3 3-3 3M16.5 13h-11M8.5 10l-3 3 3 3"/>',
    "tablet": '<rect x="3" y="4" width="14" height="12" rx="1.5"/><path d="M9 13.5h2"/>',
    "target": ('<circle cx="10" cy="10" r="7"/><circle cx="10" cy="10" r="3.2"/><path d="M10 10v.1"/>'),
    "ticket": (
        '<path d="M2.5 5h15v3.2a1.8 1.8 0 0 0 0 3.6V15h-15v-3.2a1.8 1.8 0 0 0 0-3.6z"/><path d="M8 5v2M8 9v2M8 13v2"/>'
    ),
    "today": (
        '<rect x="3" y="4" width="14" height="13" rx="1.5"/><path d="M3 8h14M7 2.5v3M13 '
        '2.5v3"/><path d="M10 10.5v3l2 1"/>'
    ),
    "tool": (
        '<path d="M12.5 3a4.5 4.5 0 0 0-4 6.3L3 14.8 5.2 17l5.5-5.5a4.5 4.5 0 0 0 6-5.5l-2.7 '
        '2.7-2.4-.6-.6-2.4L13.7 3z"/>'
    ),
    "trash": ('<path d="M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5l.8 11.5h8.4L15 5.5M8.3 8.5v5.5M11.7 8.5v5.5"/>'),
    "truck": (
        '<path d="M2 5h9.5v9H2zM11.5 8h3.5l3 3v3h-6.5"/><circle cx="5.5" cy="15" '
        'r="1.6"/><circle cx="14.5" cy="15" r="1.6"/>'
    ),
    "undo": '<path d="M4 8h8a4.5 4.5 0 0 1 0 9H7M7.5 4.5L4 8l3.5 3.5"/>',
    "upload": '<path d="M10 13.5V3.5M5.5 8L10 3.5 14.5 8M4 17h12"/>',
    "user": '<circle cx="10" cy="7" r="3.2"/><path d="M4 17c0-3.5 2.5-5.5 6-5.5s6 2 6 5.5"/>',
    "warn": '<path d="M10 3l7.5 13.5h-15zM10 8v4M10 14.3v.1"/>',
    "week": (
        '<rect x="3" y="4" width="14" height="13" rx="1.5"/><path d="M3 8h14M7.7 8v9M12.3 8v9M7 2.5v3M13 2.5v3"/>'
    ),
    "x": '<path d="M5 5l10 10M15 5L5 15"/>',
}


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> Markup:
    """The icon as inline SVG; silent beside a word, named by `label` when it stands alone.

    Raises KeyError for a name that is not in `ICONS`, so that a typing slip fails in tests.
    """
    drawing = Markup(ICONS[name])  # noqa: S704 - our own drawings, never what somebody typed
    meaning = Markup('role="img" aria-label="{}"').format(label) if label else SILENT
    return Markup('<svg class="icon" viewBox="0 0 20 20" {}>{}</svg>').format(meaning, drawing)
