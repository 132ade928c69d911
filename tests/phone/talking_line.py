"""A hotline for the browser phone's tests: a few real-sounding texts and a call tree in four languages."""

from __future__ import annotations

from html import escape

from flask import Flask, Response

from hotline.phone.mailbox import Mailbox
from hotline.phone.web import PhoneLanguage, phone_blueprint
from tests.phone.peer import Answer, Peer, Seen

ENGLISH_DOOR = (
    "Keep the door closed. You can stay silent. Ask them to slide the paper under the door. Look for the signature of "
    'a JUDGE and your name and address. Without it you can say: "I do not consent to you coming in." If they force the '
    "door, do not resist. Sign nothing.\n\n1 More\n2 Help near me\n0 A person: 1-800-798-0671\n\n"
    "As of Nov 2026. General information, not legal advice."
)
SPANISH_DOOR = (
    "No abra la puerta. Puede quedarse callado. Pida que pasen el papel por debajo de la puerta. Busque la firma de un "
    "JUEZ y su nombre y dirección. Si fuerzan la puerta, no se resista. No firme nada.\n\n1 Más\n2 Ayuda cerca de mí\n"
    "0 Una persona: 1-800-798-0671\n\nA noviembre de 2026. Información general, no asesoría legal."
)
ARABIC_DOOR = (
    "أبقِ الباب مغلقًا. يمكنك التزام الصمت. اطلب منهم تمرير الورقة من تحت الباب. ابحث عن توقيع قاضٍ وعن اسمك وعنوانك.\n\n"
    "1 المزيد\n2 مساعدة بالقرب منك\n0 التحدث مع شخص: \u2066"
    "1-800-798-0671\u2069"
)
LANGUAGES = (
    PhoneLanguage("en", "English", "ltr", "1", ("ice is at my door", "my brother was taken", "free lawyer")),
    PhoneLanguage("es", "Español", "ltr", "2", ("la migra está en la puerta", "se llevaron a mi hermano")),
    PhoneLanguage("ar", "العربية", "rtl", "3", ("الشرطة عند الباب", "أحتاج محاميا")),
    PhoneLanguage("vi", "Tiếng Việt", "ltr", "91", ("cảnh sát di trú ở cửa nhà tôi",)),
)

_VOICES = {
    "en": ("en-US", "Polly.Joanna-Neural"),
    "es": ("es-US", "Polly.Lupe-Neural"),
    "ar": ("ar-AE", "Polly.Hala-Neural"),
    "vi": ("vi-VN", "Google.vi-VN-Wavenet-A"),
}
_LANGUAGE_OF_KEYS = {language.keys: language.code for language in LANGUAGES}
_MENU = {
    "en": "This line is not the government and keeps no names. If agents are with you now, press 1. "
    "To talk to a person, press 0.",
    "es": "Esta línea no es del gobierno y no guarda su nombre. Si hay agentes de inmigración con usted ahora, "
    "oprima 1. Para hablar con una persona, oprima 0.",
    "ar": "هذا الخط ليس تابعًا للحكومة ولا يحفظ الأسماء. إذا كان رجال الهجرة عندك الآن فاضغط 1. للتحدث مع شخص اضغط 0.",
    "vi": "Đường dây này không phải của chính phủ. Nếu nhân viên di trú đang ở đó, hãy bấm số 1.",
}
_RULE = {
    "en": "Stay calm. You can stay silent. Do not open the door. At home, press 1. For your ZIP code, press 5.",
    "es": "Mantenga la calma. Puede quedarse callado. No abra la puerta. En su casa, oprima 1. En la calle, oprima 2.",
    "ar": "حافظ على هدوئك. يمكنك التزام الصمت. لا تفتح الباب. في البيت اضغط 1. في الشارع اضغط 2.",
    "vi": "Hãy bình tĩnh. Quý vị có quyền im lặng. Đừng mở cửa. Ở nhà, hãy bấm số 1.",
}
_WRONG_KEY = {
    "en": "That key is not one of the choices.",
    "es": "Esa tecla no es una de las opciones.",
    "ar": "هذا المفتاح ليس من الخيارات.",
    "vi": "Phím đó không có trong các lựa chọn.",
}


def talk(peer: Peer) -> None:
    """Lets the peer answer as a hotline does."""
    peer.routes["/sms"] = _sms
    peer.twiml("/voice", _gather("/voice/language", "".join(_say(code, _choice(code)) for code in _VOICES)))
    peer.routes["/voice/language"] = _language
    peer.routes["/voice/language-2"] = _language
    for code in _VOICES:
        peer.routes[f"/voice/{code}/menu"] = _menu
        peer.routes[f"/voice/{code}/rule"] = _rule
        peer.routes[f"/voice/{code}/person"] = _person


def phone_app(peer: Peer, mailbox: Mailbox) -> Flask:
    """The browser phone on its own, as the application factory puts it together."""
    app = Flask("phone_alone")
    app.secret_key = "only for tests"
    app.register_blueprint(phone_blueprint(peer.line, lambda: LANGUAGES, mailbox))

    @app.get("/audio/<path:path>")
    def recording(path: str) -> Response:
        answer = peer.routes[f"/audio/{path}"]
        assert isinstance(answer, Answer)
        return Response(answer.body, answer.status, content_type=answer.content_type)

    return app


def twiml(inside: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'.encode())


def messages(*bodies: str) -> Answer:
    return twiml("".join(f"<Message>{escape(body)}</Message>" for body in bodies))


def _sms(seen: Seen) -> Answer:
    body = seen.form["Body"].strip()
    match body.lower():
        case "la migra está en la puerta":
            return messages(SPANISH_DOOR)
        case "الشرطة عند الباب":
            return messages(ARABIC_DOOR)
        case "stop" | "start":
            return twiml("")
        case text if text.startswith("echo "):
            return messages(body[5:])
        case _:
            return messages(
                ENGLISH_DOOR, "We are not the government. We keep no names. For another language, text LANGUAGE."
            )


def _language(seen: Seen) -> Answer:
    digits = seen.form.get("Digits", "")
    if digits == "9" and not seen.target.endswith("2"):
        return twiml(_gather("/voice/language-2", _say("vi", "Tiếng Việt, phím 1.")))
    code = _LANGUAGE_OF_KEYS.get(f"9{digits}" if seen.target.endswith("2") else digits)
    return _go(f"/voice/{code}/menu" if code else "/voice")


def _menu(seen: Seen) -> Answer:
    code = seen.target.split("/")[2]
    digits, speech = seen.form.get("Digits"), seen.form.get("SpeechResult")
    if digits == "1" or speech:
        return twiml(_gather(f"/voice/{code}/rule", _say(code, _RULE[code])))
    if digits == "0":
        dial = f'<Dial action="/voice/{code}/person" callerId="+12035550100"><Number>+18007980671</Number></Dial>'
        return twiml(_say(code, "1-800-798-0671") + dial)
    wrong = _say(code, _WRONG_KEY[code]) if digits else ""
    return twiml(_gather(f"/voice/{code}/menu", wrong + _say(code, _MENU[code]), code))


def _rule(seen: Seen) -> Answer:
    code = seen.target.split("/")[2]
    if seen.form.get("Digits") == "5":
        zip_code = (
            f'<Gather action="/voice/{code}/rule" numDigits="5" finishOnKey="">{_say(code, "ZIP code.")}</Gather>'
        )
        return twiml(zip_code)
    return twiml(_say(code, f"Heard: {seen.form.get('Digits', 'nothing')}.") + "<Hangup/>")


def _person(seen: Seen) -> Answer:
    code = seen.target.split("/")[2]
    outcome = seen.form["DialCallStatus"]
    if outcome == "completed":
        return twiml(_say(code, "Goodbye.") + "<Hangup/>")
    return twiml(_gather(f"/voice/{code}/menu", _say(code, f"Nobody could answer: {outcome}. {_MENU[code]}"), code))


def _choice(code: str) -> str:
    language = next(language for language in LANGUAGES if language.code == code)
    spoken = {"en": "For English, press 1.", "es": "Para español, oprima 2.", "ar": f"{language.name}، اضغط 3."}
    return spoken.get(code, f"{language.name}, phím 9.")


def _say(code: str, words: str) -> str:
    language, voice = _VOICES[code]
    return f'<Say language="{language}" voice="{voice}">{escape(words)}</Say>'


def _gather(action: str, inside: str, code: str = "") -> str:
    speech = f'input="dtmf speech" language="{_VOICES[code][0]}" speechTimeout="auto"' if code else 'input="dtmf"'
    return (
        f'<Gather {speech} action="{action}" numDigits="1" finishOnKey="" timeout="6" actionOnEmptyResult="true">'
        f"{inside}</Gather>"
    )


def _go(path: str) -> Answer:
    return twiml(f"<Redirect>{path}</Redirect>")
