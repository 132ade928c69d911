// Shows how far something is, until it is done.

import { NoFragment, SIGNED_OUT, ask, show } from "./fragments.js";

for (const box of document.querySelectorAll("[data-progress]")) follow(box);

async function follow(box) {
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  box.after(said);
  for (let done = box.querySelector("[data-done]"); !done; done = box.querySelector("[data-done]")) {
    await new Promise((over) => setTimeout(over, Number(box.dataset.every)));
    try {
      show(box, await ask(box.dataset.progress));
    } catch (error) {
      if (!(error instanceof NoFragment)) throw error;
      if (error.message === SIGNED_OUT) return location.reload();
    }
    say(said, box);
  }
  const next = box.querySelector("[data-done]").dataset.done;
  if (next) location.assign(next);
}

/** Tells a screen reader each new step once, not each hundredth of it. */
function say(said, box) {
  const step = box.querySelector("[data-step]")?.dataset.step ?? box.textContent.replace(/\s+/g, " ").trim();
  if (said.textContent !== step) said.textContent = step;
}
