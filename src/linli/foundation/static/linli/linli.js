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

// "/" goes to the search box, Escape closes menus.
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "") || document.activeElement?.isContentEditable;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.getElementById("search");
    if (box) { event.preventDefault(); box.focus(); }
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
