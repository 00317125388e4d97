"""The routes, one file per noun; each maps HTTP to a verb of a shop and decides nothing."""

from fastapi import APIRouter

from zhiyin.service.routes.answers import router as answers
from zhiyin.service.routes.goods import router as goods
from zhiyin.service.routes.keys import router as keys
from zhiyin.service.routes.learnt import router as learnt
from zhiyin.service.routes.machine import router as machine
from zhiyin.service.routes.shoppers import router as shoppers

ROUTERS: tuple[APIRouter, ...] = (goods, shoppers, answers, learnt, keys, machine)

__all__ = ["ROUTERS"]
