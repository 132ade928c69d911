// A form whose edits are not lost by leaving the page, and that Ctrl+Enter saves.

/** `data-unsaved` says that what the form shows was never saved. */
export function guardForm(form) {
  const fields = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  const saved = fields();
  let isSending = false;

  form.addEventListener("submit", () => {
    isSending = true;
  });
  addEventListener("pageshow", () => {
    isSending = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!isSending && ("unsaved" in form.dataset || fields() !== saved)) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button:not([type=button]):not([disabled])"));
    }
  });
}
