"""What every page of the console works with, and how a change is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.releases.drafting import Drafted, Drafting
from hotline.releases.live import Live
from hotline.releases.publishing import Publishing
from hotline.releases.things import digest_of_value, value_in
from hotline.settings import Settings
from hotline.store.counts import Counts
from hotline.store.drafts import Change, Draft, Drafts, Value
from hotline.store.history import Entry, History
from hotline.store.releases import Releases

# Others change the draft meanwhile, but hardly so often.
MOST_TRIES = 10


class RefusedError(Exception):
    """A change was not saved, because nothing good would come of it. `problems` has a line for each reason."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ConflictError(Exception):
    """Somebody else changed the same thing meanwhile. Nothing was saved; what was to be is in the history.

    `theirs` is what the thing is now, by whom and when; `mine` is what was to be saved.
    """

    def __init__(self, key: str, mine: Value, theirs: Value, change: Change | None) -> None:
        super().__init__(key)
        self.key = key
        self.mine = mine
        self.theirs = theirs
        self.change = change


@dataclass(frozen=True, slots=True)
class Desk:
    settings: Settings
    live: Live
    releases: Releases
    drafts: Drafts
    drafting: Drafting
    publishing: Publishing
    history: History
    counts: Counts
    now: Callable[[], datetime]

    def drafted(self) -> Drafted:
        """The draft as it stands. Raises RedisError."""
        return self.drafting.now()

    def save(self, key: str, value: Value, *, seen: str, by: str) -> Drafted:
        """Makes a thing `value` in the draft; `seen` is the digest of the value that its editor saw.

        A thing that is again as it is live leaves the draft. Raises ConflictError, RefusedError or RedisError.
        """
        return self.save_all({key: value}, {key: seen}, by=by)

    def save_all(self, values: Mapping[str, Value], seen: Mapping[str, str], *, by: str) -> Drafted:
        """Makes several things what `values` say, by their keys, in one step: all of them or none. As `save`."""
        for _ in range(MOST_TRIES):
            drafted = self.drafted()
            present = {key: drafted.value(key) for key in values}
            for key, value in values.items():
                if digest_of_value(present[key]) != seen[key]:
                    self.history.add(Entry(self.now(), by, "set aside", key, present[key], value))
                    raise ConflictError(key, value, present[key], drafted.draft.change(key))
            if saved := self._saved(drafted, present, values, by):
                return saved
        raise RefusedError("The draft is changing all the time. Wait a moment, then save again.")

    def take_back(self, key: str, *, by: str) -> None:
        """Takes a change out of the draft; its history keeps it. Raises RefusedError or RedisError."""
        for _ in range(MOST_TRIES):
            draft = self.drafts.read()
            change = draft.change(key)
            if change is None:
                return
            entry = Entry(self.now(), by, "taken back", key, change.value)
            if self.drafts.drop(key, version=draft.version, entry=entry):
                return
        raise RefusedError("The draft is changing all the time. Wait a moment, then try again.")

    def _saved(
        self, drafted: Drafted, present: Mapping[str, Value], values: Mapping[str, Value], by: str
    ) -> Drafted | None:
        """None where somebody else changed the draft meanwhile."""
        draft, base, now = drafted.draft, drafted.base, self.now()
        live = {key: value_in(base.content.script, base.content.catalogs, base.files, key) for key in values}
        changes = {
            key: None if value == live[key] else Change(key, value, by, now, digest_of_value(live[key]))
            for key, value in values.items()
        }
        # What is as it was live, and is not in the draft, needs no step.
        steps = {
            key: (change, Entry(now, by, "changed", key, present[key], values[key]))
            for key, change in changes.items()
            if change or draft.change(key)
        }
        others = tuple(change for change in draft.changes if change.key not in values)
        made = tuple(change for change in changes.values() if change)
        if made:
            self._require_good(self.drafting.made(Draft(draft.version, (*others, *made)), base), drafted, made)
        done = not steps or self.drafts.change(steps, version=draft.version)
        return self.drafted() if done else None

    def _require_good(self, candidate: Drafted, drafted: Drafted, made: Iterable[Change]) -> None:
        """Raises RefusedError where a change cannot be made, or the draft cannot be loaded any more because of them."""
        refused = [candidate.refused[change.key] for change in made if change.key in candidate.refused]
        if refused:
            raise RefusedError(*refused)
        if candidate.problems and not drafted.problems:
            raise RefusedError(*candidate.problems)
