"""Every macro of the console's frame in all its states: `python -m tests.console.gallery` shows it in a browser."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from flask import Blueprint, Flask, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]  # it has no type hints
from jinja2 import ChoiceLoader, FileSystemLoader

from hotline.channels.segments import Segments, count_segments
from hotline.console.charts import bars, line, shares, small_multiples
from hotline.console.security import HEADERS
from hotline.console.word_diff import word_diff
from hotline.script.organisations import CONNECTICUT

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 16, 5, tzinfo=CONNECTICUT)
NAVIGATION = (
    ("console.overview", "Overview"),
    ("console.messages", "Messages"),
    ("console.notice", "Notice"),
    ("console.organisations", "Organisations"),
    ("console.towns", "Towns"),
    ("console.recordings", "Recordings"),
    ("console.examples", "Examples"),
    ("console.draft", "Draft & releases"),
    ("console.help", "Help"),
)
ENGLISH = (
    "Keep the door closed. You can stay silent. Look for the signature of a JUDGE and your name and address. "
    "To talk to a person, call {phone.referral_line}. "
)
SPANISH = (
    "No abra la puerta. Puede quedarse callado. Busque la firma de un JUEZ y su nombre y dirección. "
    "Para hablar con una persona, llame al {phone.referral_line}."
)
ARABIC = (
    "أبقِ الباب مغلقًا. يمكنك أن تبقى صامتًا. ابحث عن توقيع قاضٍ وعن اسمك وعنوانك. "
    "للتحدث مع شخص، اتصل بـ {phone.referral_line}."
)
CHINESE = (
    "不要开门。您可以保持沉默。请查看是否有法官的签名以及您的姓名和地址。如需与人交谈,请致电 {phone.referral_line}。"
)


@dataclass(frozen=True)
class Tongue:
    code: str
    name: str
    direction: Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Chip:
    kind: str
    name: str
    value: str = ""


@dataclass(frozen=True)
class LiveRelease:
    number: int
    by: str
    at: datetime
    note: str


@dataclass(frozen=True)
class Person:
    name: str
    role: str


@dataclass(frozen=True)
class Text:
    text: str
    segments: Segments

    @classmethod
    def of(cls, text: str) -> Text:
        return cls(text, count_segments(text))


LONG = "Donaudampfschifffahrtsgesellschaft" * 6
TONGUES = {
    "es": Tongue("es", "Español", "ltr"),
    "ar": Tongue("ar", "العربية", "rtl"),
    "zh": Tongue("zh", "中文", "ltr"),
    "ht": Tongue("ht", "Kreyòl ayisyen", "ltr"),
}
CHIPS = {"phone.referral_line": Chip("phone", "Referral line", "1-800-798-0671"), "count": "a number"}
LIVE = LiveRelease(12, "ana", NOW - timedelta(minutes=3), "A court has blocked the rule.")
TOPICS = (
    "Agents at my home",
    "Stopped in the street or in a car",
    "Agents at work",
    "At a courthouse",
    "Somebody was taken",
    "Local police and immigration",
    "Is this paper real",
    "My town",
    "Who sees my data",
    "Schools",
    "Hospitals and doctors",
    "Legal help",
    "What can I apply for",
    "Young people and families",
    "A plan for the family",
    "Fraud",
    "Report",
    "Talk to a person",
)


def charts() -> dict[str, object]:
    days = [date(2026, 10, 25) + timedelta(days=past) for past in range(30)]
    texts = [None if past % 9 == 4 else (past * 37) % 61 + 5 for past in range(30)]
    calls = [None if past % 7 == 2 else (past * 23) % 34 + 5 for past in range(30)]
    return {
        "chart_days": bars("Conversations a day", days, texts, unit="conversations"),
        "chart_line": line("Texts and calls", days, {"Texts": texts, "Calls": calls}),
        "chart_shares": shares(
            "How often it did not understand",
            [("Spanish", 0.04, 812), ("English", 0.031, 402), ("Haitian Creole", 0.22, 96), ("Ukrainian", None, 7)],
        ),
        "chart_multiples": small_multiples(
            "By language", days, {"Spanish": texts, "Portuguese": calls, "Arabic": [0] * 30}
        ),
        "chart_empty": bars("Nothing yet", days, [0] * 30),
    }


def gallery() -> Flask:
    """Pages: / with what is read, /forms, /lists, /long, and as strangers see them /plain and /problem.

    What /save was sent is kept in the configuration as POSTED.
    """
    app = Flask("gallery", static_folder=None)
    app.secret_key = secrets.token_hex()
    app.testing = True
    CSRFProtect(app)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(HERE / "gallery_pages"), FileSystemLoader("hotline/console/templates")]
    )
    console = Blueprint(
        "console", "hotline.console", url_prefix="/console", static_folder="static", root_path="hotline/console"
    )
    posted: list[dict[str, str]] = []
    app.config["POSTED"] = posted

    def nothing(**_: object) -> str:
        return ""

    for name in (
        "account",
        "operators",
        "sign_out",
        "tryout",
        "formats",
        "log",
        "releases",
        *(name.partition(".")[2] for name, _ in NAVIGATION),
    ):
        if name != "help":
            console.add_url_rule(f"/{name}", name, nothing)
    console.add_url_rule("/releases/<int:number>", "release", nothing)
    console.add_url_rule("/help", "help", lambda: render_template("console/help.html"))
    app.register_blueprint(console)

    @app.context_processor
    def given() -> dict[str, object]:
        if request.path in {"/plain", "/problem"}:
            return {}
        by = LONG[:40] if request.path == "/long" else "ana"
        return {
            "live": replace(LIVE, by=by),
            "draft_count": 3,
            "navigation": NAVIGATION,
            "operator": Person(by, "reviewer"),
            "now": NOW,
        }

    shared = {
        "tongues": TONGUES,
        "chips": CHIPS,
        "english": ENGLISH,
        "spanish": SPANISH,
        "arabic": ARABIC,
        "chinese": CHINESE,
        "words": word_diff(ENGLISH, ENGLISH.replace("You can stay silent", "You have the right to stay silent")),
        "arabic_words": word_diff(ARABIC, ARABIC.replace("صامتًا", "هادئًا")),
        "topics": TOPICS,
        "then": [
            NOW - timedelta(minutes=3),
            NOW - timedelta(days=1),
            NOW - timedelta(days=9),
            NOW - timedelta(days=400),
        ],
    }

    @app.get("/")
    def reading() -> str:
        flash("Saved in the draft. Nobody hears it before it is published.", "done")
        flash("It cannot be published as it is: see what is wrong with it below.", "warning")
        flash("The store cannot be reached.", "error")
        bubbles = [
            Text.of("Hold on. Sign nothing. 1 More 2 Help near me 0 A person: 1-800-798-0671"),
            Text.of(ARABIC.replace("{phone.referral_line}", "1-800-798-0671")),
        ]
        return render_template("reading.html", bubbles=bubbles, **shared)

    @app.get("/forms")
    def forms() -> str:
        return render_template("forms.html", **shared)

    @app.get("/lists")
    def lists() -> str:
        return render_template("lists.html", **charts(), **shared)

    @app.get("/long")
    def long() -> str:
        """Everything in words without a blank."""
        return render_template("long.html", long=LONG, **shared)

    @app.get("/plain")
    def plain() -> str:
        return render_template("plain.html")

    @app.get("/problem")
    def problem() -> str:
        return app.jinja_env.get_template("problem.html").render()

    @app.post("/checks")
    def checks() -> ResponseReturnValue:
        text = request.form.get("text", "")
        if text == "slow":
            return "", 500
        return render_template("checked.html", text=text)

    @app.post("/save")
    def save() -> ResponseReturnValue:
        posted.append(request.form.to_dict())
        sound = request.files.get("sound")
        if sound:
            posted[-1]["sound"] = sound.read().hex()
        return f"<!doctype html><title>Saved</title><p>{len(posted)} saved</p>"

    @app.get("/progress")
    def progress() -> str:
        app.config["ASKED"] = app.config.get("ASKED", 0) + 1
        return render_template("progressed.html", asked=app.config["ASKED"])

    @app.get("/progress-page")
    def progress_page() -> str:
        app.config["ASKED"] = 0
        return render_template("progress.html", every=60_000 if "slow" in request.args else 100)

    @app.get("/others")
    def others() -> str:
        return (
            "" if request.args.get("seen") == "now" else "<p>ben changed this 2 minutes ago. <a href='/'>See it</a></p>"
        )

    @app.after_request
    def harden(response):  # type: ignore[no-untyped-def]  # of Flask's own kind
        response.headers.update(HEADERS)
        return response

    return app


if __name__ == "__main__":
    gallery().run()
