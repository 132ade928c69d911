// A text in which placeholders cannot be mistyped, looked at while it is written, and not lost by leaving the page.

import { lookWhileWriting } from "./checks.js";
import { guardForm } from "./guard.js";
import { around, placeholdersIn, repaired, wholeSelection } from "./placeholders.js";

for (const field of document.querySelectorAll("textarea[data-editor]")) edit(field);
for (const field of document.querySelectorAll("[data-checks-url]")) lookWhileWriting(field);
for (const form of document.querySelectorAll("form[data-guard]")) guardForm(form);

function edit(field) {
  keepWhole(field);
  markPlaceholders(field);
  countDown(field);
  for (const group of document.querySelectorAll(`[data-inserts-for="${CSS.escape(field.id)}"]`)) offer(group, field);
}

/** Writes over a part of the text so that it can be undone; `input` is heard as for everything that is typed. */
function write(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

function keepWhole(field) {
  let text = field.value;
  let selection = { start: field.selectionStart, end: field.selectionEnd };
  let isComposing = false;
  let isPressed = false;
  let isRepairing = false;

  const settle = () => {
    text = field.value;
    selection = { start: field.selectionStart, end: field.selectionEnd };
  };

  const repair = () => {
    const right = repaired(text, field.value, field.selectionEnd);
    if (right) {
      const now = field.value;
      let start = 0;
      while (start < Math.min(now.length, right.text.length) && now[start] === right.text[start]) start += 1;
      let end = 0;
      while (end < Math.min(now.length, right.text.length) - start && now.at(-1 - end) === right.text.at(-1 - end)) end += 1;
      isRepairing = true;
      write(field, start, now.length - end, right.text.slice(start, right.text.length - end));
      isRepairing = false;
      field.setSelectionRange(right.caret, right.caret);
    }
    settle();
  };

  const keepSelectionWhole = () => {
    if (isComposing || isPressed || document.activeElement !== field) return;
    const found = { start: field.selectionStart, end: field.selectionEnd };
    const whole = wholeSelection(field.value, found, selection);
    if (whole.start !== found.start || whole.end !== found.end) {
      field.setSelectionRange(whole.start, whole.end, field.selectionDirection);
    }
    selection = whole;
  };

  field.addEventListener("beforeinput", (event) => {
    const { selectionStart: start, selectionEnd: end } = field;
    if (isComposing || start !== end || !event.cancelable) return;
    const deletes = { deleteContentBackward: -1, deleteContentForward: 1 }[event.inputType];
    const beside = deletes && (around(field.value, start + deletes) ?? around(field.value, start));
    if (beside) {
      event.preventDefault();
      write(field, beside[0], beside[1], "");
    }
  });
  field.addEventListener("input", (event) => {
    if (isRepairing || isComposing) return;
    if (event.inputType === "historyUndo" || event.inputType === "historyRedo") settle();
    else repair();
  });
  field.addEventListener("compositionstart", () => {
    isComposing = true;
  });
  field.addEventListener("compositionend", () => {
    isComposing = false;
    repair();
  });
  field.addEventListener("pointerdown", () => {
    isPressed = true;
  });
  document.addEventListener("pointerup", () => {
    isPressed = false;
    // The browser has placed the caret only after this.
    setTimeout(keepSelectionWhole);
  });
  document.addEventListener("pointercancel", () => {
    isPressed = false;
  });
  document.addEventListener("selectionchange", keepSelectionWhole);
  field.addEventListener("selectionchange", keepSelectionWhole);
}

/** Draws placeholders as such: behind the letters lies the same text with marks. */
function markPlaceholders(field) {
  const marks = document.createElement("div");
  marks.className = "editor-marks";
  marks.setAttribute("aria-hidden", "true");
  marks.lang = field.lang;
  marks.dir = field.dir;
  field.before(marks);

  const draw = () => {
    const { value } = field;
    const drawn = [];
    let place = 0;
    for (const [start, end] of placeholdersIn(value)) {
      const mark = document.createElement("mark");
      mark.textContent = value.slice(start, end);
      drawn.push(value.slice(place, start), mark);
      place = end;
    }
    // An empty last line is one as well.
    marks.replaceChildren(...drawn, `${value.slice(place)}\n`);
    fit();
  };
  const fit = () => {
    if (!CSS.supports("field-sizing", "content") && field.scrollHeight > field.clientHeight) {
      field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    }
    Object.assign(marks.style, {
      left: `${field.clientLeft}px`,
      top: `${field.clientTop}px`,
      width: `${field.clientWidth}px`,
      height: `${field.clientHeight}px`,
    });
    marks.scrollTop = field.scrollTop;
  };
  field.addEventListener("input", draw);
  field.addEventListener("scroll", fit);
  new ResizeObserver(fit).observe(field);
  draw();
}

function countDown(field) {
  const words = document.querySelector(`[data-count-of="${CSS.escape(field.id)}"]`);
  if (!words) return;
  const most = Number(field.dataset.most);
  const count = () => {
    const left = most - [...field.value.trim().replace(/\s+/g, " ")].length;
    const signs = Math.abs(left) === 1 ? "character" : "characters";
    words.textContent = left < 0 ? `${-left} ${signs} too many.` : `${left} ${signs} left.`;
    words.toggleAttribute("data-over", left < 0);
  };
  field.addEventListener("input", count);
  count();
}

/** Shows the buttons that insert a placeholder where the caret is, or was. */
function offer(group, field) {
  let hasCaret = false;
  field.addEventListener("focus", () => {
    hasCaret = true;
  });
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const { length } = field.value;
    const [start, end] = hasCaret ? [field.selectionStart, field.selectionEnd] : [length, length];
    write(field, start, end, button.dataset.insert);
  });
}
