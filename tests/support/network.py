"""Tests talk to nobody but this machine."""

import ipaddress
import socket
from typing import Any

import pytest

_LOCAL_NAMES = {"localhost", ""}


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a unix socket
    host = str(address[0])
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def forbid_network(patch: pytest.MonkeyPatch) -> None:
    """Refuse every connection of this process that would leave the machine."""
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, _original: Any = original) -> Any:
            if not _is_local(address):
                raise RuntimeError(f"a test tried to reach {address!r}: tests use no network")
            return _original(self, address)

        patch.setattr(socket.socket, name, guarded)
