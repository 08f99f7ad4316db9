"""One-shot messages in a cookie that the next page clears. A flash only confirms; an error is never one."""

import base64
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "flash"


@dataclass(frozen=True, slots=True)
class Flash:
    """A confirmation; `undo_url` posts back within ten seconds."""

    text: str
    tone: str = "ok"
    undo_url: str | None = None


def encode_flash(flash: Flash) -> str:
    """The cookie's value."""
    packed = json.dumps([flash.text, flash.tone, flash.undo_url], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).decode()


def read_flashes(request: Request) -> list[Flash]:
    """What the last redirect wanted to say; nothing when the cookie is not ours."""
    value = request.cookies.get(COOKIE, "")
    if not value:
        return []
    try:
        text, tone, undo_url = json.loads(base64.urlsafe_b64decode(value.encode()))
        tone = tone if tone in {"ok", "info"} else "ok"
        undo = undo_url if isinstance(undo_url, str) and undo_url.startswith("/") and undo_url[1:2] != "/" else None
        return [Flash(str(text)[:300], tone, undo)]
    except (ValueError, TypeError):
        return []


def set_flash(response: Response, value: str, *, secure: bool) -> None:
    """Give the next page its message."""
    response.set_cookie(COOKIE, value, max_age=60, httponly=True, samesite="lax", secure=secure, path="/")


def clear_flash(response: Response) -> None:
    """The message has been shown."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
