// A passkey is made or shown by the browser; its answer goes into the form, which is sent like every other.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const made = async (asked) => {
  const user = { ...asked.user, id: bytes(asked.user.id) };
  const publicKey = { ...asked, user, challenge: bytes(asked.challenge), excludeCredentials: named(asked.excludeCredentials) };
  const key = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = key.response;
  return { key, response: { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) } };
};
const shown = async (asked) => {
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) };
  const key = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature } = key.response;
  return { key, response: { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature) } };
};

document.querySelectorAll("[data-passkey]").forEach((button) => {
  if (!window.PublicKeyCredential) { button.closest("[data-passkey-part]").hidden = true; return; }
  button.addEventListener("click", async () => {
    const form = button.form;
    const problem = button.closest("[data-passkey-part]").querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      const asked = JSON.parse(button.dataset.passkey);
      const { key, response } = await (button.dataset.makes ? made(asked) : shown(asked));
      const answer = { id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} };
      form.elements[button.dataset.into].value = JSON.stringify(answer);
      form.submit();
    } catch { problem.hidden = false; }
  });
});
