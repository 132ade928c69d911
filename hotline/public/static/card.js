// The page is kept on this phone, so that it opens without internet; it says so only once that is true.
async function keep() {
  await navigator.serviceWorker.register("/card/worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const needed = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
  const { port1, port2 } = new MessageChannel();
  const kept = new Promise((resolve) => { port1.onmessage = (message) => resolve(message.data); });
  active.postMessage([location.origin + location.pathname, ...needed], [port2]);
  if (await kept) for (const line of document.querySelectorAll("[data-kept]")) line.hidden = false;
}

if ("serviceWorker" in navigator) keep().catch(() => {});
