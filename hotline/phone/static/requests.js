// Every request of the page goes through here; it returns the answer's fields, always with `error` where it failed.

// Where the page stands behind a sign-in, its token shows that a request is the page's own.
const token = document.querySelector("meta[name=csrf-token]")?.content;

export async function post(path, fields) {
  let response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(token && { "X-CSRFToken": token }) },
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
