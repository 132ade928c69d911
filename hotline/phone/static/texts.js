// The text thread. It lives in the page only: nothing of it outlasts the page but a STOP, as with Twilio.

import { byId, element, scrollToLast } from "./dom.js";
import { post } from "./requests.js";

export class Texts {
  #sender;
  #onNews;
  #language = "";
  #optedOut = false;
  #conversation = 0;
  #sending = Promise.resolve();
  #thread = byId("thread");
  #field = byId("text");
  #problem = byId("text-problem");

  /** `sender()` is the number that texts; `onNews()` is told when something arrives. */
  constructor({ sender, onNews }) {
    this.#sender = sender;
    this.#onNews = onNews;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#submit();
      }
    });
    this.#field.addEventListener("input", () => this.#fit());
  }

  restart(suggestions, language) {
    this.#conversation += 1;
    this.#language = language;
    this.#optedOut = false;
    this.#problem.textContent = "";
    this.#thread.replaceChildren(note("Text the line in your own words, in any language."));
    const chips = suggestions.map((words) => {
      const chip = element("button", "chip", words);
      chip.type = "button";
      chip.dir = "auto";
      chip.lang = language;
      chip.addEventListener("click", () => {
        this.#send(words);
        this.focus();
      });
      return chip;
    });
    byId("suggestions").replaceChildren(...chips);
  }

  /** A text that nobody asked for here, such as one that the line sends during a call. */
  receive(message) {
    this.#arrive(message, "in unasked");
  }

  focus() {
    this.#field.focus();
  }

  scroll() {
    scrollToLast(this.#thread, ".out, .unasked");
  }

  #submit() {
    const words = this.#field.value.trim();
    const longest = Number(this.#field.dataset.longest);
    const length = [...words].length;
    if (words && length > longest) {
      this.#problem.textContent =
        `A text holds at most ${longest.toLocaleString("en")} characters; ` +
        `this one has ${length.toLocaleString("en")}. Make it shorter.`;
      return;
    }
    this.#problem.textContent = "";
    this.#field.value = "";
    this.#fit();
    if (words) this.#send(words);
    this.focus();
  }

  #send(words) {
    byId("suggestions").replaceChildren();
    const sent = bubble("out", "You", words, "Sending", this.#language);
    this.#add(sent);
    const conversation = this.#conversation;
    this.#sending = this.#sending.then(() => this.#deliver(words, sent, conversation));
  }

  async #deliver(words, sent, conversation) {
    if (conversation !== this.#conversation) return;
    const answer = await post("texts", { from: this.#sender(), body: words, opted_out: this.#optedOut });
    if (conversation !== this.#conversation) return;
    sent.querySelector(".facts").textContent = answer.sent ? counted(answer.sent) : "Not sent";
    if (!answer.sent) {
      this.#add(note(answer.error, "problem-note"));
      if (!this.#field.value) this.#field.value = words;
      this.#fit();
      return;
    }
    this.#optedOut = answer.opted_out;
    for (const message of answer.messages) this.#arrive(message, "in");
    if (answer.error) {
      this.#add(note(`The line failed, and the resident gets no answer. ${answer.error}`, "problem-note"));
    } else if (answer.held_back > 0) {
      this.#add(note("This number has said STOP, so the line’s answer was held back. Text START to hear from it again."));
    } else if (answer.messages.length === 0) {
      this.#add(note("The line sends no answer to this."));
    }
  }

  #arrive(message, side) {
    const facts = message.by_twilio ? `${counted(message)} · answered by the carrier` : counted(message);
    this.#add(bubble(side, "The line", message.body, facts, this.#language));
    this.#onNews();
  }

  #add(node) {
    this.#thread.append(node);
    this.scroll();
  }

  #fit() {
    this.#field.rows = Math.min(5, Math.max(1, this.#field.value.split("\n").length, Math.ceil(this.#field.value.length / 38)));
  }
}

function counted({ encoding, segments, units }) {
  const unit = encoding === "UCS-2" ? "units" : "characters";
  return `${segments} ${segments === 1 ? "segment" : "segments"} · ${encoding} · ${units} ${unit}`;
}

function bubble(side, who, words, facts, language) {
  const message = element("article", `message ${side}`);
  const body = element("p", "words", words);
  body.dir = "auto";
  // Empty where none is chosen: what is read is then in no language that anybody knows of, least of all the page's.
  body.lang = language;
  message.append(element("span", "unseen", `${who}:`), body, element("p", "facts", facts));
  return message;
}

function note(words, kind = "") {
  return element("p", `note ${kind}`, words);
}
