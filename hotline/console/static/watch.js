// Shows what became known since the page was opened, such as that somebody else changed the same text.

import { NoFragment, ask, show } from "./fragments.js";

const EVERY_MILLISECONDS = 30_000;

for (const element of document.querySelectorAll("[data-watch]")) watch(element);

function watch(element) {
  const look = async () => {
    if (document.hidden || element.childElementCount) return;
    try {
      show(element, (await ask(element.dataset.watch)).trim());
    } catch (error) {
      // It is asked again.
      if (!(error instanceof NoFragment)) throw error;
    }
  };
  setInterval(look, EVERY_MILLISECONDS);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}
