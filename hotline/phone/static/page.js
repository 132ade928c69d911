import { Call } from "./call.js";
import { byId } from "./dom.js";
import { spaced } from "./numbers.js";
import { Texts } from "./texts.js";

const FIRST_NUMBER = 12035550100;
const HOW_MANY = 100;
const LINE = document.body.dataset.line;
const TEXTLESS = document.body.dataset.textless.split(" ");
const WIDE = matchMedia("(min-width: 60rem)");

const caller = byId("caller");
const language = byId("language");
const withheld = byId("withheld");

let number = "";
let unused = [];

const texts = new Texts({ sender: () => number, onNews: showNews });
const call = new Call({
  caller: () => (withheld.checked ? "anonymous" : number),
  language: () => chosenLanguage(),
  onState: (state) => (byId("call-badge").textContent = state),
  onText: (sender, message) => sender === number && texts.receive(message),
});

newConversation();
byId("new-conversation").addEventListener("click", () => {
  newConversation();
  if (shownPane() === "texts") texts.focus();
});
language.addEventListener("change", () => newConversation());
withheld.addEventListener("change", summarise);
byId("sound").addEventListener("change", (event) => call.speakAloud(event.currentTarget.checked));
caller.addEventListener("change", changeNumber);
byId("setup-form").addEventListener("submit", (event) => event.preventDefault());
for (const radio of document.getElementsByName("pane")) radio.addEventListener("change", showPane);
WIDE.addEventListener("change", openSetup);
openSetup();
showPane();

function newConversation() {
  use(freshNumber());
  call.clear();
}

function changeNumber() {
  const digits = caller.value.replace(/\D/g, "").replace(/^(?=\d{10}$)/, "1");
  if (!/^120355501\d\d$/.test(digits)) {
    byId("caller-problem").textContent =
      `Use a fictional number, from +1 203 555 0100 to 0199. The phone stays at ${spaced(number)}.`;
    caller.value = spaced(number);
    return;
  }
  if (`+${digits}` === number) {
    caller.value = spaced(number);
    return;
  }
  use(`+${digits}`);
  call.clear();
}

function use(newNumber) {
  number = newNumber;
  caller.value = spaced(number);
  byId("caller-problem").textContent = "";
  texts.restart(suggestions(), chosenLanguage()?.code ?? "");
  summarise();
}

/** Random, so that two people at one line seldom meet; none comes twice before all were used, and all take texts. */
function freshNumber() {
  if (unused.length === 0) unused = Array.from({ length: HOW_MANY }, (_, index) => `+${FIRST_NUMBER + index}`);
  const others = unused.filter((candidate) => ![number, LINE, ...TEXTLESS].includes(candidate));
  const chosen = others[Math.floor(Math.random() * others.length)];
  unused = others.filter((candidate) => candidate !== chosen);
  return chosen;
}

function chosenLanguage() {
  const option = language.selectedOptions[0];
  return option.value ? { code: option.value, name: option.textContent.trim(), keys: option.dataset.keys } : null;
}

function suggestions() {
  return JSON.parse(language.selectedOptions[0].dataset.suggestions).slice(0, 3);
}

function summarise() {
  const hidden = withheld.checked ? ", hidden on calls" : "";
  byId("setup-summary").textContent = `${spaced(number)}${hidden} · ${chosenLanguage()?.name ?? "any language"}`;
}

function shownPane() {
  return document.querySelector("[name=pane]:checked").value;
}

function showPane() {
  document.body.dataset.pane = shownPane();
  if (shownPane() === "texts") {
    byId("texts-badge").textContent = "";
    texts.scroll();
  } else {
    call.scroll();
  }
}

function showNews() {
  if (!WIDE.matches && shownPane() !== "texts") byId("texts-badge").textContent = "new";
}

function openSetup() {
  byId("setup").open = WIDE.matches;
}
