"""What is wrong with the deletion of Twilio's own records, for people, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from hotline.store.deletions import DeletionsState

MINUTE = 60

_CREDENTIALS = "Set TWILIO_AUTH_TOKEN to the account's token of today, and start the line and the worker anew."
_BY_ITSELF = "The worker goes on by itself as soon as it can."
# By Twilio's code of an error, or that of HTTP.
_REMEDIES = {"20003": _CREDENTIALS, "20005": _CREDENTIALS, "401": _CREDENTIALS, "403": _CREDENTIALS}


def troubles(state: DeletionsState) -> Iterator[str]:
    """A sentence or two for each; none where all goes well."""
    if state.is_late:
        yield (
            f"The oldest has been due for {state.overdue_seconds // MINUTE} minutes. "
            "Is the worker running? Start it with `hotline worker`."
        )
    if state.trouble:
        yield f"Twilio deletes nothing at the moment ({state.trouble}). {_REMEDIES.get(state.trouble, _BY_ITSELF)}"
    for reason, how_many in state.reasons.items():
        yield (
            f"Given up after many tries: {how_many}, for the reason {reason}. `hotline deletions` lists them, "
            "and `hotline deletions --again` tries once more."
        )


def deletion_lines(state: DeletionsState) -> Iterator[str]:
    """All of it; with the SIDs of what was given up, by which somebody can delete those in Twilio's console."""
    yield f"Waiting: {state.waiting}"
    yield from troubles(state)
    yield from (f"  {sid}  {reason}" for sid, reason in state.given_up.items())
