// A module, fetched by page.js where a form wants it. A form that a passkey fills in: the server says what to sign, the authenticator signs it, the form is sent.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const keys = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

const ask = async (form) => {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  // Led elsewhere: the page itself says what is asked first.
  if (answer.redirected) return location.reload();
  const publicKey = await answer.json();
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.allowCredentials = keys(publicKey.allowCredentials);
  publicKey.excludeCredentials = keys(publicKey.excludeCredentials);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  return navigator.credentials[form.dataset.passkey]({ publicKey });
};

const told = ({ id, rawId, type, response }) => {
  const said = { transports: response.getTransports?.() };
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[name]) said[name] = text(response[name]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
};

const send = async (event) => {
  event.preventDefault();
  const form = event.target;
  const [button, failed] = ["button", "[data-failed]"].map((wanted) => form.querySelector(wanted));
  button.disabled = true;
  failed.hidden = true;
  try {
    const credential = await ask(form);
    if (!credential) return;
    form.elements.answer.value = told(credential);
    form.submit();
  } catch {
    failed.hidden = button.disabled = false;
    button.focus();
  }
};

// page.js calls it for each page that holds such a form.
export const start = () => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  for (const form of document.querySelectorAll("form[data-passkey][hidden]")) {
    form.hidden = false;
    form.addEventListener("submit", send);
  }
  for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = true;
};
