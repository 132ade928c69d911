"""Work that nobody waits for: done a moment later, together with what comes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Soon:
    """Does something once, some seconds after it was first asked for."""

    def __init__(self, do: Callable[[], None], seconds: float) -> None:
        self._do = do
        self._seconds = seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_over = False

    def ask(self) -> None:
        """What is asked for from the moment on in which it begins is done the next time."""
        with self._lock:
            # A process that ends starts no threads.
            if self._timer or self._is_over:
                return
            self._timer = threading.Timer(self._seconds, self._begin)
            self._timer.daemon = True
            self._timer.start()

    def finish(self) -> None:
        """Does now what was asked for, and nothing any more: the process ends."""
        with self._lock:
            timer, self._timer, self._is_over = self._timer, None, True
        if timer:
            timer.cancel()
            self._do()

    def _begin(self) -> None:
        with self._lock:
            self._timer = None
        self._do()
