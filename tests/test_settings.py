from __future__ import annotations

from pathlib import Path

import pytest

from hotline.settings import VARIABLES, SettingsError, is_set, read_data, read_port, read_settings

GOOD = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "PUBLIC_URL": "https://hotline.example.org",
    "SECRET_KEY": "x" * 32,
}


def test_the_four_that_have_no_default_are_enough() -> None:
    settings = read_settings(GOOD)
    assert (settings.port, settings.workers, settings.host) == (8000, 2, "127.0.0.1")
    assert settings.redis_url is None


def test_the_demo_reads_its_two_variables_as_the_line_does() -> None:
    assert (read_port({"PORT": " 8001 "}), read_data({"HOTLINE_DATA": "there"})) == (8001, Path("there"))
    assert (read_port({}), read_data({"HOTLINE_DATA": " "})) == (8000, Path(".data"))
    with pytest.raises(SettingsError, match=r"^PORT: must be a number from 1 to 65535$"):
        read_port({"PORT": "80a"})
    assert is_set({"PORT": "80a"}, "PORT")
    assert not is_set({"PORT": " "}, "PORT")


def test_several_tokens_serve_while_one_is_rotated() -> None:
    assert read_settings(GOOD | {"TWILIO_AUTH_TOKEN": " old , new,"}).auth_tokens == ("old", "new")


def test_a_slash_after_the_public_origin_is_forgiven() -> None:
    assert read_settings(GOOD | {"PUBLIC_URL": "https://Hotline.example.org/"}).public_url == GOOD["PUBLIC_URL"]


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("value", ["", "  "])
def test_a_missing_variable_is_named_with_its_remedy(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is not set"):
        read_settings(GOOD | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_ACCOUNT_SID", "SK" + "0" * 32),
        ("TWILIO_ACCOUNT_SID", "AC12"),
        ("TWILIO_AUTH_TOKEN", ",,"),
        ("PUBLIC_URL", "hotline.example.org"),
        ("PUBLIC_URL", "ftp://hotline.example.org"),
        ("PUBLIC_URL", "https://hotline.example.org/line"),
        ("PUBLIC_URL", "https://hotline.example.org?x=1"),
        ("PUBLIC_URL", "https://user:secret@hotline.example.org"),
        ("PUBLIC_URL", "https://hotline.example.org:port"),
        ("PUBLIC_URL", "https://hotline.example.org:99999"),
        ("PUBLIC_URL", "https://[::1]"),
        ("PUBLIC_URL", "https://[half"),
        ("SECRET_KEY", "short"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", "localhost:6379"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠"),
        ("WEB_CONCURRENCY", "-1"),
        ("WEB_CONCURRENCY", "1000"),
        ("HOTLINE_LOG_LEVEL", "all"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_does_not_show_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(GOOD | {name: value})
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert "\n" not in message
    if name in {"TWILIO_ACCOUNT_SID", "SECRET_KEY"}:
        assert value not in message
    assert "secret@" not in message


def test_the_level_of_the_logs_is_named_in_letters_of_any_size() -> None:
    assert read_settings(GOOD).log_level == "warning"
    assert read_settings(GOOD | {"HOTLINE_LOG_LEVEL": "Debug"}).log_level == "debug"


def test_the_readme_lists_every_variable_with_its_default() -> None:
    readme = Path("README.md").read_text(encoding="utf-8")
    for variable in VARIABLES:
        default = "" if variable.default is None else f"`{variable.default}`" if variable.default else "none"
        assert f"| `{variable.name}` | {variable.meaning} | {default or 'must be set'} |" in readme


def test_numbers_may_belong_to_languages() -> None:
    numbers = {"HOTLINE_LANGUAGES": "+12035550111=es, +12035550112=ht,"}
    assert read_settings(GOOD | numbers).languages == {"+12035550111": "es", "+12035550112": "ht"}
    assert read_settings(GOOD).languages == {}


@pytest.mark.parametrize("value", ["es", "+12035550111", "+12035550111=", "2035550111=es", "=es", "+12035550111:es"])
def test_what_is_no_number_with_a_language_is_named_without_being_shown(value: str) -> None:
    with pytest.raises(SettingsError, match="must be numbers and languages such as") as error:
        read_settings(GOOD | {"HOTLINE_LANGUAGES": value})
    assert "0111" not in str(error.value)
