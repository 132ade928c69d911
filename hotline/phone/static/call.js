// The call screen. The call itself is a signed token that the server gave; every step sends it back.

import { byId, element, scrollToLast } from "./dom.js";
import { spaced } from "./numbers.js";
import { post } from "./requests.js";
import { Voice } from "./voice.js";

const KEYS = "0123456789*#";
// What Twilio's voices call languages that recordings have under their usual code.
const TWILIO_CODES = { cmn: "zh", arb: "ar" };
const STATES = { idle: "No call", ringing: "Ringing", live: "On the call", transfer: "Transfer ringing", ended: "Call ended" };

export class Call {
  #caller;
  #language;
  #onState;
  #onText;
  #from = "";
  #token = null;
  #waiting = { kind: "ended" };
  #state = "idle";
  #turn = 0;
  #steps = Promise.resolve();
  #began = 0;
  #ticking = 0;
  #panel = byId("call");
  #transcript = byId("transcript");
  #problem = byId("call-problem");
  #voice = new Voice({
    onMissing: (language) => {
      byId("sound-problem").textContent = `This browser has no voice for ${language}. Read it instead.`;
    },
  });

  /** `onText(caller, message)` is given the texts that the line sends during a call. */
  constructor({ caller, language, onState, onText }) {
    this.#caller = caller;
    this.#language = language;
    this.#onState = onState;
    this.#onText = onText;
    byId("hook").addEventListener("click", () => (this.#isUp() ? this.#hangUp() : this.#start()));
    byId("silence").addEventListener("click", (event) => usable(event.currentTarget) && this.#staySilent());
    byId("keypad").addEventListener("click", (event) => {
      const key = event.target.closest("button");
      if (key && usable(key)) this.#press(key.dataset.key);
    });
    byId("outcomes").addEventListener("click", (event) => {
      const outcome = event.target.closest("button");
      if (outcome) this.#endTransfer(outcome.dataset.outcome, outcome.textContent.trim());
    });
    byId("speech").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#speak();
    });
    this.#panel.addEventListener("keydown", (event) => this.#typed(event));
    this.clear();
  }

  /** Back to no call; one that is up is hung up first. */
  clear() {
    if (this.#isUp()) this.#leave();
    this.#turn += 1;
    this.#voice.stop();
    this.#token = null;
    this.#waiting = { kind: "ended" };
    this.#transcript.replaceChildren(element("p", "note", "Press Call to hear what a resident hears."));
    this.#problem.textContent = "";
    byId("sound-problem").textContent = "";
    this.#show("idle");
  }

  speakAloud(on) {
    byId("sound-problem").textContent = "";
    this.#voice.turn(on);
  }

  scroll() {
    scrollToLast(this.#transcript, ".you");
  }

  #isUp() {
    return this.#state === "ringing" || this.#state === "live" || this.#state === "transfer";
  }

  async #start() {
    this.clear();
    const turn = this.#turn;
    this.#from = this.#caller();
    this.#transcript.replaceChildren();
    this.#show("ringing");
    const answer = await post("calls", { from: this.#from });
    if (turn !== this.#turn) {
      if (answer.call) post("calls/step", { call: answer.call, action: "hang_up" });
      return;
    }
    this.#began = Date.now();
    this.#take(answer);
    const language = this.#language();
    if (language?.keys && this.#state === "live" && isLanguageMenu(answer.events)) {
      for (const key of language.keys) this.#press(key, `${key}, for ${language.name}`);
    }
  }

  #press(key, words = key) {
    flash(key);
    this.#step("press", key, "Pressed", words);
  }

  #speak() {
    const words = byId("words").value.trim();
    if (!usable(byId("speech").querySelector("button"))) {
      this.#problem.textContent = this.#state === "live" ? "The line listens for keys only here." : "Call first.";
      return;
    }
    if (!words) return;
    byId("words").value = "";
    this.#step("speak", words, "Said", words);
  }

  #staySilent() {
    this.#step("silence", "", "Stayed silent", "");
  }

  #endTransfer(outcome, label) {
    this.#step("outcome", outcome, "Transfer", label.toLowerCase());
  }

  #hangUp() {
    if (this.#state === "ringing") {
      this.#turn += 1;
      this.#waiting = { kind: "ended" };
      this.#add(line("you", "Hung up"));
      this.#show("ended");
      return;
    }
    this.#step("hang_up", "", "Hung up", "");
  }

  #leave() {
    const token = this.#token;
    if (token) this.#steps = this.#steps.then(() => post("calls/step", { call: token, action: "hang_up" }));
  }

  /** Steps wait for each other, so that keys pressed in quick succession all arrive, and in order. */
  #step(action, value, verb, words) {
    const turn = this.#turn;
    this.#voice.stop();
    this.#add(line("you", verb, words));
    this.#steps = this.#steps.then(async () => {
      if (turn !== this.#turn || this.#waiting.kind === "ended") return;
      const answer = await post("calls/step", { call: this.#token, action, value });
      if (turn !== this.#turn) return;
      // Who hangs up has hung up, whatever the server says.
      if (action === "hang_up" && !answer.call) this.#waiting = { kind: "ended" };
      this.#take(answer);
    });
  }

  #take(answer) {
    this.#problem.textContent = answer.error ?? "";
    if ("call" in answer) {
      this.#token = answer.call;
      this.#waiting = answer.waiting;
      for (const event of answer.events) this.#add(...lines(event));
      for (const event of answer.events) if (event.kind === "sent") this.#onText(this.#from, { ...event, body: event.text });
      this.#voice.play(answer.events);
    } else if (!this.#token) {
      this.#waiting = { kind: "ended" };
    }
    this.#show({ keys: "live", dial: "transfer", ended: "ended" }[this.#waiting.kind]);
  }

  #show(state) {
    this.#state = state;
    this.#panel.dataset.state = state;
    byId("call-state").textContent = STATES[state];
    this.#onState(state === "idle" ? "" : STATES[state].toLowerCase());
    byId("waiting").textContent = expectation(state, this.#waiting);
    byId("hook-label").textContent = this.#isUp() ? "Hang up" : state === "ended" ? "Call again" : "Call";
    byId("hook").classList.toggle("down", this.#isUp());
    this.#arrange(state === "transfer");
    const listening = state === "live";
    for (const key of byId("keypad").children) enable(key, listening);
    enable(byId("silence"), listening);
    enable(byId("speech").querySelector("button"), listening && this.#waiting.accepts_speech);
    byId("words").placeholder = !listening || this.#waiting.accepts_speech ? "Say something" : "No speech here, only keys";
    this.#tick();
  }

  /** A transfer's outcomes stand where the keypad stood; what had the focus hands it on. */
  #arrange(transfer) {
    const entry = [byId("keypad"), byId("speech"), byId("silence")];
    const outcomes = byId("outcomes");
    const fromEntry = transfer && entry.some((part) => part.contains(document.activeElement));
    const fromOutcomes = !transfer && outcomes.contains(document.activeElement);
    outcomes.hidden = !transfer;
    for (const part of entry) part.hidden = transfer;
    if (fromEntry) outcomes.querySelector("button").focus();
    if (fromOutcomes) (this.#isUp() ? byId("keypad").firstElementChild : byId("hook")).focus();
  }

  #tick() {
    clearInterval(this.#ticking);
    if (this.#state === "idle" || this.#state === "ringing") {
      byId("timer").textContent = "";
      return;
    }
    const show = () => (byId("timer").textContent = clock(Date.now() - this.#began));
    show();
    if (this.#isUp()) this.#ticking = setInterval(show, 1000);
  }

  #typed(event) {
    const inField = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (inField || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key.length === 1 && KEYS.includes(event.key) && this.#state === "live") {
      event.preventDefault();
      this.#press(event.key);
    }
  }

  #add(...nodes) {
    for (const node of nodes) {
      const before = this.#transcript.lastElementChild?.querySelector(".tag")?.textContent;
      node.classList.toggle("same", before !== undefined && before === node.querySelector(".tag")?.textContent);
      this.#transcript.append(node);
    }
    this.scroll();
  }
}

/** Only the language menu speaks in several languages. */
function isLanguageMenu(events) {
  const heard = events.filter((event) => event.kind === "said" || event.kind === "played");
  return new Set(heard.map((event) => bare(event.language ?? "recorded"))).size > 1;
}

/** A language without its country, as a voice and a recording of the same language both name it. */
function bare(language) {
  const [primary] = language.split("-");
  return TWILIO_CODES[primary] ?? primary;
}

function expectation(state, waiting) {
  if (state === "idle") return "The keypad works during a call.";
  if (state === "ringing") return "Waiting for the line to answer.";
  if (state === "transfer") return "Waiting for the other side to answer.";
  if (state === "ended") return "Press Call again to start over.";
  const speech = waiting.accepts_speech ? " or for speech" : "";
  if (!waiting.accepts_keys) return waiting.accepts_speech ? "Waiting for speech." : "Waiting.";
  if (waiting.pressed) return `Entered so far: ${[...waiting.pressed].join(" ")}. Waiting for the next key.`;
  if (waiting.num_digits === 1) return `Waiting for a key${speech}.`;
  const end = waiting.finish_on_key ? `, ${waiting.finish_on_key} ends` : "";
  return `Waiting for ${waiting.num_digits ? `${waiting.num_digits} keys` : "keys"}${end}${speech}.`;
}

function lines(event) {
  switch (event.kind) {
    case "said":
      return [said(event)];
    case "played":
      if (event.url && event.text) return [said(event)];
      return [line("fact", "Recording", event.url ? event.url.split("/").at(-1) : `tones ${event.text ?? ""}`)];
    case "paused":
      return [line("fact", "Pause", `${event.seconds} s`)];
    case "dialled":
      return [line("fact", "Transfer to", spaced(event.number))];
    case "sent":
      return [line("fact", "A text arrives", "see Texts")];
    case "redirected":
      return event.reason ? [line("fact", "Fallback", `${event.reason}. ${event.text ?? ""}`)] : [];
    default:
      return [line("fact", "Call ended", [event.reason, event.text].filter(Boolean).join(". "))];
  }
}

function said(event) {
  const row = element("p", "said");
  const words = element("span", "words", event.text);
  words.lang = event.language ?? "";
  words.dir = "auto";
  const tag = element("span", "tag", event.language ?? "");
  if (event.kind === "played") tag.append(recordingMark());
  row.append(tag, words);
  if (event.times > 1) row.append(element("span", "facts", event.times < 1000 ? `${event.times} times` : "until the call ends"));
  return row;
}

function recordingMark() {
  const mark = element("span", "recorded");
  mark.title = "Recording";
  mark.append(element("span", "unseen", " (recording)"));
  return mark;
}

function line(kind, verb, words = "") {
  const row = element("p", kind);
  const rest = element("span", "words", words);
  rest.dir = "auto";
  row.append(element("b", "", verb), " ", rest);
  return row;
}

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

function flash(key) {
  const button = [...byId("keypad").children].find((candidate) => candidate.dataset.key === key);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
}

function enable(button, on) {
  button.setAttribute("aria-disabled", String(!on));
}

function usable(button) {
  return button.getAttribute("aria-disabled") !== "true";
}
