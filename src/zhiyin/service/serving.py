"""The service put together: shops, limits, routes, and who answers for what goes wrong."""

import json
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from zhiyin.app import Shop, open_shop
from zhiyin.core import ZhiyinError
from zhiyin.service import problems
from zhiyin.service.bodies import Bounded
from zhiyin.service.manual import manual
from zhiyin.service.pages import Pages
from zhiyin.service.patience import Patient
from zhiyin.service.routes import ROUTERS
from zhiyin.service.running import SERVED
from zhiyin.service.visitors import House
from zhiyin.service.watch import Metrics, Watched

_ABOUT = """A recommender for shops. Every answer that is no success is a problem document
(RFC 9457) with a stable `code`, in English or Chinese by `Accept-Language`."""


def of_environment() -> FastAPI:
    """The service that ``running.serve`` told of; each worker opens the shops for itself."""
    told = json.loads(os.environ[SERVED])
    shops = [open_shop(folder) for folder in told["folders"]]
    Patient.seconds = min(shop.settings.service.body_seconds for shop in shops)
    return service_of(shops, trusting=told["trusting"], several=told["several"], owns=True)


def service_of(
    shops: Iterable[Shop], *, trusting: bool, several: bool = False, owns: bool = False
) -> FastAPI:
    """The application; ``several`` workers count together, ``owns`` closes the shops at the end."""
    house = House(shops, trusting=trusting)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        if owns:
            for shop in house.shops.values():
                shop.close()

    limits = [shop.settings.service for shop in house.shops.values()]
    service = FastAPI(
        title="zhiyin 知音",
        version="1",
        description=_ABOUT,
        lifespan=living,
        generate_unique_id_function=_name,
        docs_url=None,  # both fetch their scripts from elsewhere
        redoc_url=None,
    )
    service.add_exception_handler(ZhiyinError, problems.of_ours)
    service.add_exception_handler(problems.Refused, problems.of_refusal)
    service.add_exception_handler(RequestValidationError, problems.of_validation)
    service.add_exception_handler(HTTPException, problems.of_http)
    metrics = Metrics(several=several)
    service.state.house, service.state.metrics = house, metrics
    for router in ROUTERS:
        service.include_router(router)
    page = manual(service)
    service.add_route("/docs", lambda _: HTMLResponse(page), include_in_schema=False)
    service.add_route("/", lambda _: RedirectResponse("/docs"), include_in_schema=False)
    # The last added is the outermost.
    service.add_middleware(
        Bounded,
        most=max(limit.max_body_bytes for limit in limits),
        ratio=max(limit.max_ratio for limit in limits),
        seconds=min(limit.body_seconds for limit in limits),
    )
    service.add_middleware(Pages, house=house)
    service.add_middleware(
        Watched, metrics=metrics, seconds=min(limit.answer_seconds for limit in limits)
    )
    return service


def _name(route: APIRoute) -> str:
    return route.name
