// Asks the console for pieces of a page, and shows them.

const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";

export const SIGNED_OUT = "Your session has ended. Open the console in another window, sign in there, then go on here.";
export const OUT_OF_REACH = "The console cannot be reached at the moment. You can go on; this is tried again.";

export class NoFragment extends Error {}

/** The HTML that a page gives for a fragment. Throws NoFragment with words for people, or AbortError. */
export async function post(path, fields, signal) {
  return fragment(path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": token },
    signal,
  });
}

/** The same without anybody having done anything: it does not count as being there. */
export async function ask(path) {
  return fragment(path, { headers: { "Hotline-Background": "1" }, cache: "no-store" });
}

async function fragment(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new NoFragment(OUT_OF_REACH);
  }
  if (response.status === 401 || response.redirected) throw new NoFragment(SIGNED_OUT);
  if (!response.ok) throw new NoFragment(response.status < 500 ? `This could not be looked at (${response.status}).` : OUT_OF_REACH);
  return response.text();
}

const shown = new WeakMap();

/** Shows a fragment; what somebody had opened in the one before stays open. */
export function show(element, html) {
  if (shown.get(element) === html) return;
  shown.set(element, html);
  const open = new Set([...element.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
  element.innerHTML = html;
  for (const summary of element.querySelectorAll("details > summary")) {
    if (open.has(summary.textContent)) summary.parentElement.open = true;
  }
}

export function sayInstead(element, words) {
  const said = document.createElement("p");
  said.className = "hint";
  said.textContent = words;
  shown.delete(element);
  element.replaceChildren(said);
}
