// Every request of the page goes through here; it returns the answer's fields, always with `error` where it failed.

export async function post(path, fields) {
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
  } catch {
    return { error: "The phone cannot reach its server. Check that the hotline runs, then try again." };
  }
  try {
    return await response.json();
  } catch {
    return { error: `The server answered with status ${response.status}. Try again.` };
  }
}
