// Small conveniences; everything works without them.
"use strict";

const region = () => document.getElementById("toasts");

const say = (text, kind) => {
  const box = region();
  if (!box || !text) return;
  const toast = document.createElement("div");
  toast.className = `toast ${kind}`;
  toast.textContent = text;
  box.replaceChildren(toast);
};

// Keys: the list is the page's (screens/keys.py, parts/keys.html), what each does stands here.
const toRow = (by) => {
  const all = [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
  const at = all.indexOf(document.activeElement?.closest("tr")?.querySelector("a[href]"));
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
};
const deeds = {
  find: () => document.getElementById("search")?.focus(),
  go: (key) => location.assign(key.dataset.to),
  next: () => toRow(1),
  previous: () => toRow(-1),
  help: () => document.getElementById("keys-dialog")?.showModal(),
};
// A Chinese layout or input method gives another sign for the same key: then its place on the keyboard counts.
const pressed = (event) => {
  if (/^[ -~]$/.test(event.key)) return event.key;
  return event.code === "Slash" ? (event.shiftKey ? "?" : "/") : (event.code ?? "").replace(/^Key/, "").toLowerCase();
};
let before = "";
document.addEventListener("keydown", (event) => {
  const here = document.activeElement;
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(here?.tagName ?? "") || here?.isContentEditable;
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]")) {
    const [one, two] = [pressed(event), `${before} ${pressed(event)}`];
    const known = [...document.querySelectorAll("#keys-dialog [data-does]")];
    const key = known.find((found) => found.dataset.key === two) ?? known.find((found) => found.dataset.key === one);
    before = one;
    setTimeout(() => { before = ""; }, 1000);
    if (deeds[key?.dataset.does]) { event.preventDefault(); deeds[key.dataset.does](key); }
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  }
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  const all = event.target.closest("[data-check-all]");
  if (all) document.querySelectorAll(all.dataset.checkAll).forEach((box) => { box.checked = all.checked; });
  if (event.target.closest("[data-print]")) { event.preventDefault(); window.print(); }
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => say(region()?.dataset.copied, "success"));
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  // The opener is a link to the confirming page (or a submit button): the dialog only saves the way there.
  if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// Enter moves on in staff forms: to the next field, from the last one to the button; a public form it sends, as
// everywhere. Not while an input method composes.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  const moves = event.key === "Enter" && !event.isComposing && event.keyCode !== 229 && !event.ctrlKey && !event.metaKey;
  if (!moves || field.form?.method !== "post" || field.closest(".public") || !field.matches("input:not([type=submit]):not([type=file]),select")) return;
  const open = [...field.form.elements].filter((one) => one.checkVisibility?.() && !one.disabled && one.type !== "hidden");
  const group = (one) => one.type === "radio" && one.name === field.name;
  const fields = open.filter((one) => one.matches("input:not([type=submit]),select,textarea") && (one === field || !group(one)));
  const next = fields[fields.indexOf(field) + 1] ?? open.find((one) => one.matches("[type=submit]:not([formaction])"));
  if (next) { event.preventDefault(); next.focus(); if (next.matches("input[type=text],input:not([type])")) next.select(); }
});

// What is offered for some seconds goes when they are over; the server knows by itself.
document.querySelectorAll("[data-seconds]").forEach((part) => {
  setTimeout(() => { part.remove(); }, Number(part.dataset.seconds) * 1000);
});

// One press is one submission; the key in the form makes a second one harmless anyway.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && event.target.method === "post") {
    const enable = () => { button.disabled = false; };
    setTimeout(() => { button.disabled = true; setTimeout(enable, 4000); }, 0);
    window.addEventListener("pageshow", enable, { once: true });
  }
});

// A page that the browser kept for "back" is asked for anew once somebody else, or nobody, is logged in.
const person = document.documentElement.dataset.person ?? "";
try {
  localStorage.setItem("person", person);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && localStorage.getItem("person") !== person) window.location.reload();
  });
} catch { /* Where nothing may be stored, the browser keeps no page either. */ }

// What htmx could not do is said in words; what was typed stays.
document.addEventListener("htmx:sendError", () => say(region()?.dataset.offline, "error"));
document.addEventListener("htmx:responseError", (event) => {
  say(event.detail.xhr.status === 401 ? region()?.dataset.expired : region()?.dataset.failed, "error");
});
document.addEventListener("htmx:beforeSwap", (event) => {
  // A refused form comes back as 422 with its errors: show it.
  if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
});

// What is typed is kept as a draft, where the form has one; leaving with something unsaved asks first.
const unsaved = new Set();
const draftForm = (event) => event.target.matches("[data-draft]") && event.target.closest("form");
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-typed]");
  if (form) unsaved.add(form);
});
document.addEventListener("submit", (event) => unsaved.delete(event.target));
document.addEventListener("htmx:beforeRequest", (event) => unsaved.delete(draftForm(event)));
document.addEventListener("htmx:afterRequest", (event) => {
  if (draftForm(event) && !event.detail.successful) unsaved.add(draftForm(event));
});
window.addEventListener("online", () => {
  unsaved.forEach((form) => form.querySelectorAll("[data-draft]").forEach((one) => window.htmx.trigger(one, "keep")));
});
window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });

// Tables that scroll sideways can be reached by keyboard.
const reach = () => document.querySelectorAll(".scroll,.card").forEach((box) => {
  if (box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible") box.tabIndex = 0;
});
document.addEventListener("htmx:afterSettle", reach);
window.addEventListener("resize", reach);
reach();

document.querySelector(".error-summary")?.focus();
