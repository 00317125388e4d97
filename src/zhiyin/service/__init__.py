"""The verbs over HTTP: routes, keys, limits, problem documents, counts. It decides nothing.

``make_service(shops)`` is an ASGI application; ``serve(folders)`` runs it.
"""

from zhiyin.service.running import make_service, serve

__all__ = ["make_service", "serve"]
