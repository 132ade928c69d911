export const byId = (id) => document.getElementById(id);

export function element(name, className, words = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = words;
  return made;
}

/** Scrolls to what the person did last, so that a long answer is read from its beginning. */
export function scrollToLast(log, selector) {
  const last = [...log.querySelectorAll(selector)].at(-1);
  log.scrollTop = last ? last.offsetTop - parseFloat(getComputedStyle(log).paddingTop) : 0;
}
