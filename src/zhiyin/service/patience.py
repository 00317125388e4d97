"""HTTP for uvicorn, but a caller who does not send the head of a request is hung up on."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


class Patient(H11Protocol):
    """uvicorn waits for a head for ever; a few thousand such callers would take all there is."""

    seconds = 20.0
    """Until the head is there; the shops' settings say."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._impatience = self.loop.call_later(self.seconds, self._hang_up)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._busy():
            self._impatience.cancel()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # Until the next bytes uvicorn's own limit holds; after them, ours again.
        self._impatience.cancel()
        wait = self.config.timeout_keep_alive + self.seconds
        self._impatience = self.loop.call_later(wait, self._hang_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._impatience.cancel()
        super().connection_lost(exc)

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _hang_up(self) -> None:
        if not self._busy():
            self.transport.close()
