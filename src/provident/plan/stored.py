"""The files of a plan where only text can be kept or sent."""

from __future__ import annotations

import base64


_BINARY = "data:;base64,"


def as_text(content: bytes) -> str:
    """A plan file as it is stored: its text, or, for a picture, its bytes in base64 behind a mark."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _BINARY + base64.b64encode(content).decode()


def as_bytes(text: str) -> bytes:
    """The file that `as_text` stored."""
    return (
        base64.b64decode(text.removeprefix(_BINARY))
        if text.startswith(_BINARY)
        else text.encode()
    )
