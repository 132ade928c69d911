"""What a translation must have in common with its English: placeholders, numbers, addresses, choices, commands."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from babel import Locale

from hotline.catalogs.catalog import same_placeholders
from hotline.catalogs.findings import Remark
from hotline.catalogs.names import HOST, WORD, begins_sentence, without_placeholders

# The command that a few words are in a language, such as "menu"; None where they are none.
Obeys = Callable[[str, str], str | None]

# A word that people are told to text to an organisation: "text APPLY to {text.sls}".
_SENT_ELSEWHERE = re.compile(r"\b([A-Z]{2,})\b[^{.]*\{text\.")
_NUMBER = re.compile(r"\d+")
_CAPITALS = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|「([^」]*)」')
# The numbers that an English text writes out, and that other languages may write in digits.
_WRITTEN_OUT = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ENGLISH_NUMBERS = {
    **{str(name).casefold(): number for number, name in Locale("en").months["format"]["wide"].items()},
    **{word: number for number, word in enumerate(_WRITTEN_OUT, 2)},
}
# As many as no command has.
_MOST_WORDS = 8
_LOWER_CASE_WORD = re.compile(r"[a-z]+")


def disagreements(source: str, text: str) -> Iterator[Remark]:
    """What a translation has in common with its English word for word, and has not."""
    if not same_placeholders(source, text):
        yield Remark("the placeholders are not those of the English", "write each name in braces as the English has it")
        return
    for word in _SENT_ELSEWHERE.findall(source):
        if word not in WORD.findall(text):
            yield Remark(f"{word} is missing, which another line expects as it is", f"write {word}")
    source, text = without_placeholders(source), without_placeholders(text)
    if difference := _difference(_hosts(source), _hosts(text)):
        yield Remark(f"the web addresses are not those of the English: {difference}", "write the same addresses")
    source, text = HOST.sub(" ", source), HOST.sub(" ", text)
    wanted, found = _numbers(source), _numbers(text)
    spared = Counter({number: found[number] for number in _written_out(source)})
    if difference := _difference(wanted, found - (spared - wanted)):
        yield Remark(f"the numbers are not those of the English: {difference}", "write the same numbers, in digits")


def missing_choices(
    source: str, text: str, labels: Mapping[str, str], translation_of: Callable[[str], str | None]
) -> Iterator[Remark]:
    """Choices that the English names ("choose Check my town") and the translation does not, as that language has them.

    `labels` are message ids by their English text.
    """
    for label, key in labels.items():
        at = source.find(label)
        if at <= 0 or begins_sentence(source, at):
            continue
        translated = translation_of(key)
        if translated and translated.casefold() not in text.casefold():
            yield Remark(
                f"the English names the choice {label!r}, the translation does not", f"name it as it is: {translated!r}"
            )


def wrong_commands(source: str, text: str, language: str, source_language: str, obeys: Obeys) -> Iterator[Remark]:
    """Commands that the English names in capitals ("write MENU"), where no word of the translation would be obeyed."""
    source, text = without_placeholders(source), without_placeholders(text)
    wanted = Counter(
        command for words in _CAPITALS.findall(source) if words.isupper() and (command := obeys(source_language, words))
    )
    if not wanted:
        return
    named = Counter(command for words in _emphasised(text) if (command := obeys(language, words)))
    for command in wanted - named:
        yield Remark(
            f"no word in it is the command {command!r} in this language",
            f"write, in capitals or in quotes, a word that stands under {command!r} in {language}/commands.toml",
        )


def _emphasised(text: str) -> Iterator[str]:
    """What stands out as a word to be sent: in quotes, or in capitals (also several words, and each of them)."""
    for match in _QUOTED.finditer(text):
        yield next(group for group in match.groups() if group is not None)
    run: list[str] = []
    for word in (*_CAPITALS.findall(text), ""):
        if word.isupper():
            run.append(word)
        else:
            for last in range(len(run) + 1):
                yield from (" ".join(run[first:last]) for first in range(max(0, last - _MOST_WORDS), last))
            run = []


def _hosts(text: str) -> Counter[str]:
    return Counter(HOST.findall(text))


def _numbers(text: str) -> Counter[str]:
    """The numbers of a text, in whatever script their digits are."""
    return Counter("".join(str(unicodedata.digit(digit)) for digit in number) for number in _NUMBER.findall(text))


def _written_out(source: str) -> Iterable[str]:
    return {
        str(_ENGLISH_NUMBERS[word]) for word in _LOWER_CASE_WORD.findall(source.casefold()) if word in _ENGLISH_NUMBERS
    }


def _difference(wanted: Counter[str], found: Counter[str]) -> str:
    """Such as "2025 is missing, 2024 is too many"; empty where there is none."""
    missing = [f"{item} is missing" for item in (wanted - found).elements()]
    return ", ".join(missing + [f"{item} is too many" for item in (found - wanted).elements()])
