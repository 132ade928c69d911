"""How much is tried: little and always the same in the tests, hundreds of thousands by `make fuzz`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, settings

IS_NIGHTLY = os.environ.get("HOTLINE_FUZZ") == "nightly"
SHOWN_EVERY = 50

at_its_own_pace = pytest.mark.timeout(0 if IS_NIGHTLY else 240)


@dataclass
class Progress:
    """Tells at night how much was tried."""

    what: str
    tried: int = 0

    def tick(self) -> None:
        self.tried += 1
        if IS_NIGHTLY and self.tried % SHOWN_EVERY == 0:
            sys.stderr.write(f"\r{self.what}: {self.tried} tried")
            sys.stderr.flush()


def tries(few: int, many: int, *, steps: int = 50) -> settings:
    """`few` examples in the tests, `many` at night; of whole conversations, each of so many steps."""
    return settings(
        max_examples=many if IS_NIGHTLY else few,
        stateful_step_count=3 * steps if IS_NIGHTLY else steps,
        derandomize=not IS_NIGHTLY,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=tuple(HealthCheck),
        print_blob=IS_NIGHTLY,
    )
