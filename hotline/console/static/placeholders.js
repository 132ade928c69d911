// Placeholders such as {phone.referral_line} are whole or not there. Pure; places are counted as JavaScript counts them.

const PLACEHOLDER = /\{[^{}\s]+\}/g;

/** Where each placeholder begins and ends. */
export function placeholdersIn(text) {
  return [...text.matchAll(PLACEHOLDER)].map((found) => [found.index, found.index + found[0].length]);
}

/** The placeholder within which a place is; its two edges are outside of it. */
export function around(text, place) {
  return placeholdersIn(text).find(([start, end]) => start < place && place < end);
}

/** A selection that halves no placeholder. `before` is the one that it was until now: it moves on as that moved. */
export function wholeSelection(text, { start, end }, before) {
  const moved = { start: edge(text, start, before.start), end: edge(text, end, before.end) };
  if (start === end) return { start: moved.start, end: moved.start };
  const first = around(text, start);
  const last = around(text, end);
  if (first && before.start !== first[0]) moved.start = first[0];
  if (last && before.end !== last[1]) moved.end = last[1];
  return { start: Math.min(moved.start, moved.end), end: Math.max(moved.start, moved.end) };
}

function edge(text, place, before) {
  const inside = around(text, place);
  if (!inside) return place;
  const [start, end] = inside;
  if (before === start) return end;
  if (before === end) return start;
  return place - start < end - place ? start : end;
}

/**
 * What an edit should have made of a text, where it broke a placeholder: what it deleted a part of is gone, and what it
 * wrote into one stands after it. `caret` is where the edit ended. Nothing where all are whole.
 */
export function repaired(before, after, caret) {
  const { start, end, written } = editOf(before, after, caret);
  const onlyWrites = start === end;
  const broken = placeholdersIn(before).filter(([from, to]) =>
    onlyWrites ? from < start && start < to : from < end && start < to && (from < start || end < to),
  );
  if (!broken.length) return undefined;
  const from = onlyWrites ? broken[0][1] : Math.min(start, broken[0][0]);
  const to = onlyWrites ? from : Math.max(end, broken.at(-1)[1]);
  return { text: before.slice(0, from) + written + before.slice(to), caret: from + written.length };
}

/** What was deleted, from `start` to `end` of the text before, and what was `written` there. */
function editOf(before, after, caret) {
  const kept = after.slice(caret);
  const isKept = before.endsWith(kept);
  const end = isKept ? before.length - kept.length : before.length;
  const room = Math.min(end, caret);
  let start = 0;
  while (start < room && before[start] === after[start]) start += 1;
  return { start, end, written: after.slice(start, isKept ? caret : after.length) };
}
