"""The server that runs the service, in one process or several.

FastAPI and uvicorn take half a second to import. This file does not, so that a terminal
which only lists keys does not wait for them.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterable, Sequence
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhiyin.app import Shop, open_shop
from zhiyin.core import BadRequest, get_logger

if TYPE_CHECKING:
    from fastapi import FastAPI

log = get_logger(__name__)

SERVED = "_ZHIYIN_SERVED"
"""How worker processes hear what they serve: JSON in the environment."""
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
_SERVICE = "zhiyin.service.serving"


def make_service(shops: Iterable[Shop], *, trusting: bool = False) -> "FastAPI":
    """The HTTP door of some shops, as an ASGI application.

    Args:
        shops: Open shops, each of another name; who makes the service closes them.
        trusting: Whether a shop that has no key yet lets everybody on this machine in.
    """
    service: FastAPI = import_module(_SERVICE).service_of(shops, trusting=trusting)
    return service


def serve(
    folders: Sequence[Path],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
) -> None:
    """Serve the shops in ``folders`` until the process is told to end.

    On an address that others reach, every shop must have a key. SIGTERM and Ctrl-C let the
    running requests end first.
    """
    uvicorn: Any = import_module("uvicorn")
    local = _is_local(host)
    for folder in folders:
        with open_shop(folder) as shop:
            _check_keys(shop, local)
    os.environ[SERVED] = json.dumps(
        {"folders": [str(f) for f in folders], "trusting": local, "several": workers > 1}
    )
    with tempfile.TemporaryDirectory(prefix="zhiyin-") as counts:
        if workers > 1:
            os.environ[_COUNTS] = counts
        config = uvicorn.Config(
            f"{_SERVICE}:of_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http="zhiyin.service.patience:Patient",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=20,
            timeout_keep_alive=30,
            limit_concurrency=2_000,
        )
        if workers > 1:
            import_module("uvicorn.supervisors").Multiprocess(
                config, sockets=[config.bind_socket()]
            ).run()
        else:
            # uvicorn hands the signal on when the last request is answered.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            uvicorn.Server(config).run()


def _check_keys(shop: Shop, local: bool) -> None:
    if shop.gate.all():
        return
    if not local:
        raise BadRequest(
            what=f"serving shop {shop.settings.name!r} to others without a key",
            what_zh=f"在没有密钥的情况下对外提供商店 {shop.settings.name!r} 的服务",
            remedy=f"make one: zhiyin key create --scope admin --shop {shop.folder}",
            remedy_zh=f"请先创建：zhiyin key create --scope admin --shop {shop.folder}",
        )
    log.warning("no key is asked for on this machine", shop=shop.settings.name)


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
