// Makes a recorder of a form's field for a sound file: the form then sends what was recorded as it would send a file.

import { RATE, joined, resampled, wavOf } from "./wav.js";

const NO_MICROPHONE = {
  NotAllowedError: "The browser may not use the microphone. Allow it beside the address of this page, then record again.",
  NotFoundError: "No microphone was found. Plug one in, or choose a file.",
  NotReadableError: "Another program uses the microphone. Close it, then record again.",
};
const TOO_QUIET = "Hardly anything was heard. Check the microphone, then record again.";
/** The loudest sample of speech is never below this. */
const QUIET = 0.02;
const METER_MILLISECONDS = 80;

class Recorder {
  constructor(box) {
    this.file = box.querySelector("input[type=file]");
    this.form = this.file.form;
    this.most = Number(box.dataset.seconds);
    this.keep = this.form.querySelector("button:not([type=button])");
    this.state = element("p", { class: "recorder-state", role: "status" });
    this.shape = element("span", { class: "shape", "aria-hidden": "true" });
    this.words = element("span", {});
    this.time = element("span", { class: "quiet", "aria-hidden": "true" });
    this.state.append(this.shape, this.words);
    this.meter = element("meter", { min: 0, max: 1, value: 0, "aria-hidden": "true" });
    this.record = button("strong", "R");
    this.listen = button("plain", "P", "Listen");
    this.sound = element("audio", { controls: "", hidden: "", "aria-label": "What you recorded" });
    const head = element("div", { class: "recorder-head" }, this.state, this.time);
    const buttons = element("div", { class: "buttons" }, this.record, this.listen);
    this.file.before(element("div", { class: "recorder-box" }, head, this.meter, this.sound, buttons));
    this.record.addEventListener("click", () => (this.stopping ? this.stopping() : this.start()));
    this.listen.addEventListener("click", () => (this.sound.paused ? this.sound.play() : this.sound.pause()));
    this.file.addEventListener("change", () => this.hold(this.file.files[0]));
    box.addEventListener("keydown", (event) => this.press(event));
    this.form.addEventListener("submit", (event) => this.stopping && event.preventDefault());
    this.show("missing", "Ready to record");
    this.hold(this.file.files[0]);
    this.record.focus({ preventScroll: true });
  }

  show(kind, words) {
    this.shape.dataset.kind = kind;
    this.words.textContent = words;
    this.record.dataset.kind = this.file.files.length && !this.stopping ? "plain" : "strong";
    label(this.record, this.stopping ? "Stop" : this.file.files.length ? "Record again" : "Record");
    this.meter.hidden = !this.stopping;
    this.listen.hidden = this.sound.hidden || Boolean(this.stopping);
    if (this.keep) this.keep.disabled = Boolean(this.stopping);
  }

  /** Keys of their own, while the recorder has the focus. */
  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const key = event.key.toLowerCase();
    const does = {
      r: () => this.record.click(),
      p: () => !this.listen.hidden && this.listen.click(),
      t: () => !this.stopping && this.file.files.length && this.record.click(),
      escape: () => this.stopping?.(),
    }[key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  async start() {
    if (this.isStarting) return;
    this.isStarting = true;
    this.sound.pause();
    this.show("running", "Asking for the microphone");
    try {
      await this.hear();
    } catch (error) {
      this.show("error", NO_MICROPHONE[error.name] ?? `Recording does not work here (${error.name}). Choose a file.`);
    }
    this.isStarting = false;
  }

  async hear() {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: true, autoGainControl: true },
    });
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(new URL("./microphone.js", import.meta.url));
    } catch (error) {
      stream.getTracks().forEach((track) => track.stop());
      await context.close();
      throw error;
    }
    const heard = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    const pieces = [];
    let samples = 0;
    let loudest = 0;
    heard.port.onmessage = ({ data }) => {
      pieces.push(data);
      samples += data.length;
      for (const sample of data) loudest = Math.max(loudest, Math.abs(sample));
      if (samples >= this.most * context.sampleRate) this.stopping?.();
    };
    context.createMediaStreamSource(stream).connect(heard);
    const drawing = setInterval(() => {
      // Loudness as it is heard: each tenth of the meter is six decibels.
      this.meter.value = loudest ? Math.max(0, 1 + Math.log2(loudest) / 10) : 0;
      loudest *= 0.5;
      const left = this.most - samples / context.sampleRate;
      this.time.textContent = `${clock(samples / context.sampleRate)}${left < 20 ? `, ${Math.max(0, Math.ceil(left))} s left` : ""}`;
    }, METER_MILLISECONDS);
    this.stopping = () => {
      this.stopping = undefined;
      clearInterval(drawing);
      heard.port.onmessage = null;
      stream.getTracks().forEach((track) => track.stop());
      const { sampleRate } = context;
      context.close();
      const whole = joined(pieces).subarray(0, this.most * sampleRate);
      this.give(resampled(whole, sampleRate), Math.min(RATE, sampleRate));
    };
    this.show("live", "Recording. Read the text aloud.");
    this.record.focus();
  }

  /** Puts the recording into the form's field. */
  give(samples, rate) {
    const given = new DataTransfer();
    given.items.add(new File([wavOf(samples, rate)], "recording.wav", { type: "audio/wav" }));
    this.file.files = given.files;
    this.hold(given.files[0]);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    if (peak < QUIET) this.show("warning", TOO_QUIET);
    else this.keep?.focus();
  }

  hold(file) {
    URL.revokeObjectURL(this.sound.src);
    this.sound.hidden = !file;
    if (!file) {
      this.sound.removeAttribute("src");
      this.show("missing", "Ready to record");
      return;
    }
    this.sound.src = URL.createObjectURL(file);
    this.show("recorded", "Listen to it, then keep it or record it again");
  }
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

function button(kind, key, words = "") {
  const hint = element("kbd", { "aria-hidden": "true" }, key);
  return element("button", { class: "button", type: "button", "data-kind": kind, "aria-keyshortcuts": key }, element("span", {}, words), hint);
}

function label(made, words) {
  made.firstElementChild.textContent = words;
}

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

for (const box of document.querySelectorAll("[data-recorder]")) {
  if (navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode) new Recorder(box);
}
