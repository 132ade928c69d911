// Has a text looked at while somebody writes it.

import { NoFragment, post, sayInstead, show } from "./fragments.js";

const PAUSE_MILLISECONDS = 400;
const AGAIN_MILLISECONDS = 5000;

/** Shows what the page at the field's `data-checks-url` says of its text in the element named by `data-checks-target`. */
export function lookWhileWriting(field) {
  const target = document.getElementById(field.dataset.checksTarget);
  if (!target) return;
  const box = target.closest(".checks") ?? target;
  let waiting;
  let asking = new AbortController();
  let isComposing = false;

  const look = async () => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const html = await post(field.dataset.checksUrl, { text: field.value }, signal);
      if (!signal.aborted) show(target, html);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof NoFragment)) throw error;
      sayInstead(target, error.message);
      lookSoon(AGAIN_MILLISECONDS);
    }
    if (!signal.aborted) box.removeAttribute("data-waiting");
  };
  const lookSoon = (milliseconds = PAUSE_MILLISECONDS) => {
    clearTimeout(waiting);
    waiting = setTimeout(look, milliseconds);
  };
  const changed = () => {
    if (isComposing) return;
    box.setAttribute("data-waiting", "");
    lookSoon();
  };
  field.addEventListener("input", changed);
  field.addEventListener("compositionstart", () => {
    isComposing = true;
  });
  field.addEventListener("compositionend", () => {
    isComposing = false;
    changed();
  });
  // Somebody may have written before this script was there.
  if (field.value !== field.defaultValue || (field.value && !target.childElementCount)) look();
}
