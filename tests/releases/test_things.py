from __future__ import annotations

import pytest

from hotline.releases.content import packaged_content
from hotline.releases.files import Files
from hotline.releases.things import digest_of_value, value_in
from hotline.store.drafts import Value
from tests.conftest import DATA


def value(files: Files, key: str) -> Value:
    content = packaged_content(DATA / "audio")
    return value_in(content.script, content.catalogs, files, key)


def test_each_thing_is_given_as_a_change_of_it_would_be(packaged: Files) -> None:
    script = packaged_content(DATA / "audio").script
    assert value(packaged, "text:menu.main.title") == {"text": script.messages["menu.main.title"].text}
    assert value(packaged, "translation:es:menu.main.title")
    provenance = value(packaged, "provenance:topic.trust-act.first")
    assert provenance
    assert provenance["as_of"] == "2026-05-31"
    organisation = value(packaged, "organisation:referral_line")
    assert organisation
    assert (organisation["phone"], organisation["review_by"]) == ("+18007980671", "2027-02-01")
    town = value(packaged, "town:hamden")
    assert town
    assert "\n" not in str(town["rule"])
    assert value(packaged, "source:founding-article")
    assert value(packaged, "example:es:la migra llego") == {"text": "la migra llego", "topic": "ice-at-door"}
    assert value(packaged, "file:script/menus.toml")


@pytest.mark.parametrize(
    "key",
    [
        *("text:x", "translation:es:x", "translation:xx:menu.main.title", "provenance:x", "provenance:menu.main.title"),
        *("organisation:x", "town:x", "source:x", "recording:ht:x", "example:es:x", "example:xx:x", "notice", "file:x"),
        "reviewed:es:x",
    ],
)
def test_what_is_not_there_is_none(packaged: Files, key: str) -> None:
    assert value(packaged, key) is None


def test_a_digest_tells_values_apart_whatever_their_order() -> None:
    assert digest_of_value({"a": "1", "b": None}) == digest_of_value({"b": None, "a": "1"})
    assert len({digest_of_value(one) for one in (None, {}, {"a": "1"}, {"a": "ä"}, {"a": None})}) == 5
