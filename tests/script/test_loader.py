from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.phone.twiml import parse
from hotline.phone.vocabulary import vocabulary
from hotline.script.loader import DATA, ScriptError, load_script
from hotline.script.model import Language, Script
from hotline.script.own_words import LocaleWithOwnWords
from hotline.script.placeholders import placeholders_in
from hotline.script.validation import problems_of
from tests.many_languages import with_languages

Edit = Callable[[str, str, str], tuple[str, ...]]

SLUGS = {
    *("ice-at-door", "ice-street", "ice-work", "ice-court", "detained"),
    *("trust-act", "warrants", "my-town", "data-privacy", "schools", "health-care"),
    *("legal-help", "status-options", "youth-families", "family-plan", "scams", "report", "talk-to-person"),
}

JOINED = 'or = "{0} o {1}"\nand = "{0} y {1}"'


def months(how_many: int) -> str:
    """The fields of a language that has names of its own for months and days."""
    return f"months = {['enero'] * how_many}\ndays = {['lunes'] * 7}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture
def edit(data: Path) -> Edit:
    """Replaces a text in one file of a copy of the script; what is wrong with it then."""

    def problems_after(file: str, old: str, new: str) -> tuple[str, ...]:
        path = data / file
        content = path.read_text(encoding="utf-8")
        assert old in content
        path.write_text(content.replace(old, new, 1), encoding="utf-8")
        try:
            load_script(data)
        except ScriptError as error:
            return error.problems
        return ()

    return problems_after


def test_all_topics_of_the_design_are_there(script: Script) -> None:
    assert set(script.topics) == SLUGS


def test_the_urgent_topics_are_two_choices_away(script: Script) -> None:
    near = {target for menu in script.menus["main"].choices for target in (menu, *script.onward(menu))}
    assert {topic.slug for topic in script.topics.values() if topic.urgent} <= near


def test_every_topic_is_at_most_four_choices_away(script: Script) -> None:
    reached, edge = {"main"}, {"main"}
    for _ in range(4):
        edge = {target for node in edge for target in script.onward(node)} - reached
        reached |= edge
    assert set(script.topics) - {"talk-to-person"} <= reached


def test_line_breaks_in_the_files_are_no_part_of_a_text(script: Script) -> None:
    for message in script.messages.values():
        assert message.text == " ".join(message.text.split())


def test_only_numbers_that_may_be_given_out_stand_in_texts(script: Script) -> None:
    for message in script.messages.values():
        for name in placeholders_in(message.text):
            if name.startswith("phone."):
                assert script.organisations[name.removeprefix("phone.")].phone_certainty in {"verified", "seed"}


def test_a_caller_without_redis_can_hear_that_a_person_is_there(script: Script) -> None:
    (text,) = (script.messages[part.message].text for part in script.topics["talk-to-person"].parts[:1])
    assert "{phone.referral_line}" in text


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("menus.toml", '"rights-more"]', '"rights-mroe"]', "menus.toml [rights]: choices: 'rights-mroe' is neither"),
        ("menus.toml", '"rights-more"]', "]", "menus.toml: no choice leads to 'rights-more'"),
        ("menus.toml", '"rights-more"]', '"schools"]', "'schools' stands there 2 times"),
        ("menus.toml", "[emergency]", "[emergencies]", "the menu 'emergency' is missing"),
        ("menus.toml", 'title = "Menu"', "", "menus.toml [main]: 'title' is missing"),
        ("menus.toml", 'title = "Menu"', 'title = " "', "menus.toml [main]: 'title' must be a text"),
        ("menus.toml", '"prepare"]', '"prepare", "scams"]', "menus.toml [main]: choices: 6 are too many"),
        ("menus.toml", 'title = "Menu"', 'title = "x"\ntilte = "x"', "menus.toml [main]: no such field: tilte"),
        ("menus.toml", "[rights]", "[Rights]", "small letters"),
        ("menus.toml", "[rights]", "[language]", "the line uses this name itself"),
        ("menus.toml", "[prepare]", "[scams]", "a topic has the same name"),
        ("menus.toml", "as_of = 20", "as_of = 3020-01-01 # ", "'review_by' must be later"),
        ("topics/ice-street.toml", "doubt = ", "# ", "'needs_lawyer_review' and 'doubt' belong together"),
        ("topics/warrants.toml", "needs_lawyer_review = true", "", "'needs_lawyer_review' and 'doubt' belong together"),
        ("topics/warrants.toml", "next = [", "next = [] # ", "topics/warrants.toml: next: nothing leads on from here"),
        ("topics/warrants.toml", "[[parts]]", "[[part]]", "topics/warrants.toml"),
        ("topics/warrants.toml", 'name = "first"', 'name = "First"', "cannot be the name of a part"),
        ("topics/warrants.toml", "as_of = ", "as_of = 'x' # ", "'as_of' must be a day"),
        ("topics/warrants.toml", "sources = [", "sources = [] # ", "'sources' is empty"),
        ("topics/warrants.toml", "sources = [", "sources = ['nobody',", "there is no source 'nobody'"),
        ("topics/warrants.toml", 'text = """', 'text = """{phone.ciri} ', "is not given out; give {url.ciri} instead"),
        ("topics/warrants.toml", 'text = """', 'text = """{phone.nobody} ', "there is no organisation 'nobody'"),
        ("topics/warrants.toml", 'text = """', 'text = """{fax.ciri} ', "must begin with one of"),
        ("topics/warrants.toml", 'text = """', 'text = """{url.emergency} ', "has no 'host'"),
        ("topics/warrants.toml", 'text = """', 'text = """{date} ', "the line knows no {date} here"),
        ("topics/warrants.toml", 'text = """', 'text = """{ ', "topic.warrants.first"),
        ("topics/warrants.toml", 'text = """', 'text = """{0!r:x} ', "a placeholder is a name"),
        ("topics/warrants.toml", "title", "=", "topics/warrants.toml: cannot be read"),
        ("topics/talk-to-person.toml", "transfer = ", "# ", "'transfer' is missing"),
        ("topics/talk-to-person.toml", 'transfer = "', 'transfer = "ciri" # ', "is no organisation whose number"),
        ("phrases.toml", "[goodbye]", "[farewell]", "phrases.toml: [goodbye] with a 'text' is missing"),
        ("phrases.toml", '[goodbye]\ntext = ', '[goodbye]\nvoice = "x" #', "[goodbye] with a 'text' is missing"),
        ("organisations.toml", 'phone = "+18007980671"', 'phone = "800-798"', "must be +1 and ten digits"),
        ("organisations.toml", 'phone_certainty = "seed"', 'phone_certainty = "sure"', "must be one of verified"),
        ("organisations.toml", 'phone_certainty = "seed"', 'phone_certainty = "old"', "replies lead to it"),
        ("organisations.toml", 'host = "', 'host = "https://', "an address without https://"),
        ("towns.toml", '"06514"', '"6514"', "must have five digits"),
        ("languages.toml", "[es]", '[es]\nkey = "2"', "no such field: key"),
        ("languages.toml", "[es]", '["es US"]', "'es US' must be small letters"),
        ("languages.toml", ', language = "es-US"', "", "'language' is missing"),
        ("languages.toml", 'espeak = "es-419"', "", "'espeak' is missing"),
        ("languages.toml", "words_a_minute = 240", 'words_a_minute = "fast"', "must be a whole number above zero"),
        ("languages.toml", 'direction = "ltr"', 'direction = "up"', "must be ltr or rtl"),
        ("languages.toml", 'locale = "es_US"', 'locale = "xx_XX"', "must be one that Babel knows"),
        ("languages.toml", 'locale = "es_US"', f'locale = "es_US"\n{months(11)}\n{JOINED}', "'months' has 12 names"),
        ("languages.toml", 'locale = "es_US"', f'locale = "es_US"\n{months(12)}\nor = "{{0}} o"', "joins two things"),
        ("languages.toml", 'locale = "es_US"', f'locale = "es_US"\n{months(12)}\nor = "{{"', "'or' joins two things"),
        ("languages.toml", 'locale = "es_US"', f'locale = "es_US"\n{months(12)}', "'or' is missing"),
        ("languages.toml", "# The languages", "xx = 1\n# The languages", "'xx' stands outside of a [table]"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_file_and_place(edit: Edit, file: str, old: str, new: str, problem: str) -> None:
    problems = edit(file, old, new)
    assert any(problem in line for line in problems), problems


def test_a_missing_file_is_named(data: Path) -> None:
    (data / "phrases.toml").unlink()
    with pytest.raises(ScriptError, match=r"phrases.toml: the file is missing"):
        load_script(data)


def test_every_mistake_is_told_at_once(edit: Edit) -> None:
    edit("towns.toml", '"06514"', '"6514"')
    problems = edit("menus.toml", 'title = "Menu"', "")
    assert any("five digits" in problem for problem in problems)
    assert any("'title' is missing" in problem for problem in problems)


def test_a_new_topic_is_one_file_and_its_name_in_a_menu(data: Path, edit: Edit) -> None:
    shutil.copy(data / "topics" / "scams.toml", data / "topics" / "rent.toml")
    assert edit("menus.toml", '"youth-families"]', '"youth-families", "rent"]') == ()


def test_a_language_may_bring_its_own_names_of_months_and_days(data: Path, edit: Edit) -> None:
    assert edit("languages.toml", 'locale = "es_US"', f'locale = "es_US"\n{months(12)}\n{JOINED}') == ()
    spanish = load_script(data).languages["es"]
    assert isinstance(spanish.locale, LocaleWithOwnWords)
    assert (spanish.name, spanish.locale.months["format"]["wide"][1]) == ("Español", "enero")


@pytest.mark.parametrize("how_many", [1, 2, 8, 9, 12, 40])
def test_any_number_of_languages_may_be_spoken(script: Script, how_many: int) -> None:
    problems = problems_of(with_languages(script, how_many))
    assert [problem for problem in problems if problem.startswith("languages.toml")] == []


def test_a_menu_may_not_be_named_as_a_page_of_languages(script: Script) -> None:
    renamed = {**script.menus, "language-2": script.menus["rights"]}
    problems = problems_of(replace(with_languages(script, 12), menus=renamed))
    assert any("language-2: the line uses this name itself" in problem for problem in problems)


@pytest.mark.parametrize("language", load_script().languages.values(), ids=lambda language: language.code)
def test_twilio_knows_every_voice_and_every_code(language: Language) -> None:
    gather = "" if language.hear is None else f' language="{language.hear}"'
    voice = language.twilio or language.stand_in
    assert voice
    assert voice.name in vocabulary().voices[voice.language]
    say = f'<Say voice="{voice.name}" language="{voice.language}">{language.name}</Say>'
    (verb,) = parse(f"<Response><Gather{gather}>{say}</Gather></Response>", "voice")
    assert verb.children[0].text == language.name
