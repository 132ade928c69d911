"""Towns of Connecticut, places outside of it, and how people name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# The eight old counties, which people still know.
COUNTIES = frozenset(
    {"Fairfield", "Hartford", "Litchfield", "Middlesex", "New Haven", "New London", "Tolland", "Windham"}
)
# All ZIP codes that begin so are Connecticut's, but for those that a state in outside.toml claims.
ZIPS_OF_CONNECTICUT = "06"
# Holtsville, New York, and Ketchikan, Alaska. Source: the post office's list of ZIP codes.
FIRST_ZIP, LAST_ZIP = "00501", "99950"


class RuleKind(StrEnum):
    """What a town's own rule is, from the strongest to the weakest."""

    ORDINANCE = "ordinance"
    RESOLUTION = "resolution"
    POLICE_ORDER = "police-order"
    MAYORS_ORDER = "mayors-order"
    SETTLEMENT = "settlement"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Town:
    """`rule` is the message id of the town's own rule and `kind` what it is; None where none is verified.

    Of a code in `zips` this town has the most people; of one in `shared_zips` another has more. `villages` are names of
    its parts, `spellings` other ways to write its name or theirs.
    """

    slug: str
    name: str
    county: str
    zips: tuple[str, ...]
    rule: str | None
    kind: RuleKind | None = None
    shared_zips: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the town and of its parts."""
        return (self.name, *self.villages, *self.spellings)


@dataclass(frozen=True, slots=True)
class State:
    """Another state. `codes_at_the_end` are short forms that are also words; `zips` look like Connecticut's."""

    slug: str
    name: str
    codes: tuple[str, ...] = ()
    codes_at_the_end: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the state and of places in it, in full."""
        return (self.name, *self.places, *self.spellings)


@dataclass(frozen=True, slots=True)
class Naming:
    """The words around the names of places. What each list is for stands in places.toml.

    `announcing` and `beside` are by language, `before` and `after` by alphabet, `short` and `heard` by the word that
    they stand for.
    """

    only_in_context: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    connecticut: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    streets_before: tuple[str, ...] = ()
    streets_after: tuple[str, ...] = ()
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    short: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    heard: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    announcing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that stands in any of the lists."""
        tables = (self.before, self.after, self.short, self.heard, self.announcing, self.beside)
        return (
            *(*self.only_in_context, *self.none, *self.countries, *self.connecticut),
            *(*self.following, *self.streets_before, *self.streets_after),
            *(text for table in tables for word, texts in table.items() for text in (word, *texts)),
        )


def towns_with_zip(towns: Mapping[str, Town], code: str) -> tuple[str, ...]:
    """The slugs of the towns that a ZIP code serves, the one with the most people first."""
    first = (slug for slug, town in towns.items() if code in town.zips)
    others = (slug for slug, town in towns.items() if code in town.shared_zips)
    return (*first, *others)


def is_outside(states: Mapping[str, State], code: str) -> bool:
    """Whether five digits are a ZIP code of another state. A code like Connecticut's that no town has is a slip."""
    if not FIRST_ZIP <= code <= LAST_ZIP:
        return False
    return not code.startswith(ZIPS_OF_CONNECTICUT) or any(code in state.zips for state in states.values())
