// Fills in a form with what a passkey says. Without scripts, or where the browser knows no passkeys, the
// form stays hidden and the page's other way is used.

const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON;

async function ask(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST", body: new URLSearchParams({ ticket: form.dataset.ticket }), redirect: "error",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function prove(form) {
  const { options, ticket } = await ask(form);
  const credential = form.dataset.kind === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
  form.elements.ticket.value = ticket;
  form.elements.credential.value = JSON.stringify(credential);
}

for (const form of able ? document.querySelectorAll("form.passkey") : []) {
  const fault = form.querySelector("[data-fault]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    fault.hidden = true;
    try {
      await prove(form);
      form.submit();
    } catch {
      fault.hidden = false;
    }
  }, true);
}
