// Speaks what the line says with the browser's own voices, and plays its recordings. Silent until turned on.

const MOST_TIMES = 3;
// Twilio's codes that browsers know by another name.
const BROWSER_CODES = { cmn: "zh", arb: "ar", yue: "zh-HK", fil: "fil" };

export class Voice {
  #on = false;
  #queue = [];
  #busy = null;
  #onMissing;

  /** `onMissing(language)` is told when the browser has no voice for a language. */
  constructor({ onMissing }) {
    this.#onMissing = onMissing;
  }

  turn(on) {
    this.#on = on;
    // Browsers load their voices when first asked for them.
    if (on) globalThis.speechSynthesis?.getVoices();
    else this.stop();
  }

  play(events) {
    if (!this.#on) return;
    for (const event of events) {
      const times = Math.min(event.times ?? 1, MOST_TIMES);
      for (let time = 0; time < times; time += 1) this.#queue.push(event);
    }
    if (!this.#busy) this.#next();
  }

  stop() {
    this.#queue = [];
    this.#busy?.abort();
    this.#busy = null;
    globalThis.speechSynthesis?.cancel();
  }

  #next() {
    const event = this.#queue.shift();
    this.#busy = event ? new AbortController() : null;
    if (!event) return;
    const turn = this.#busy;
    // A recording may tell twice that it failed.
    const goOn = () => turn === this.#busy && this.#next();
    if (event.kind === "said") this.#say(event, goOn);
    else if (event.kind === "played" && event.url) playRecording(event.url, turn.signal, goOn);
    else if (event.kind === "paused") setTimeout(goOn, 1000 * (event.seconds ?? 1));
    else goOn();
  }

  #say(event, goOn) {
    const code = browserCode(event.language);
    const voice = voiceFor(code);
    if (!voice) {
      this.#onMissing(event.language);
      setTimeout(goOn, 0);
      return;
    }
    const utterance = new SpeechSynthesisUtterance(event.text);
    utterance.lang = code;
    utterance.voice = voice;
    utterance.onend = goOn;
    utterance.onerror = goOn;
    speechSynthesis.speak(utterance);
  }
}

function browserCode(language) {
  const [primary, ...rest] = language.split("-");
  return [BROWSER_CODES[primary] ?? primary, ...rest].join("-");
}

function voiceFor(code) {
  const voices = globalThis.speechSynthesis?.getVoices() ?? [];
  const named = (voice) => voice.lang.replace("_", "-").toLowerCase();
  const wanted = code.toLowerCase();
  const primary = wanted.split("-")[0];
  return voices.find((voice) => named(voice) === wanted) ?? voices.find((voice) => named(voice).split("-")[0] === primary);
}

function playRecording(url, signal, goOn) {
  const recording = new Audio(url);
  recording.addEventListener("ended", goOn);
  recording.addEventListener("error", goOn);
  signal.addEventListener("abort", () => recording.pause());
  recording.play().catch(goOn);
}
