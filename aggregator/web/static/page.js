// Keys, and marks that change in place. Everything here can also be done by links and forms.
"use strict";

const list = document.getElementById("stories");
const stories = () => [...document.querySelectorAll("#stories .story")];
const current = () => document.activeElement?.closest(".story");

function go(step) {
  const all = stories();
  if (!all.length) return;
  const at = all.indexOf(current());
  const seen = all.findIndex((one) => one.getBoundingClientRect().bottom > 0);
  const next = at < 0 ? Math.max(seen, 0) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next].focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

// The button of a mark: of the story with the focus, or of the story whose page this is.
function button(name) {
  const place = current() ?? document.querySelector("[data-story] .actions");
  return place?.querySelector(`[data-mark="${name}"]`);
}

function show(pressed) {
  const story = pressed.closest(".story");
  const name = pressed.dataset.mark;
  if (name === "hide") {
    const next = story.nextElementSibling;
    story.remove();
    if (next?.matches(".story")) next.focus();
    return;
  }
  const on = pressed.getAttribute("aria-pressed") !== "true";
  const { value } = pressed;
  const text = pressed.textContent;
  pressed.setAttribute("aria-pressed", String(on));
  pressed.value = pressed.dataset.other;
  pressed.dataset.other = value;
  pressed.textContent = pressed.dataset.label;
  pressed.dataset.label = text;
  if (name === "read") story?.classList.toggle("read", on);
  if (name === "star") story?.classList.toggle("starred", on);
}

async function send(pressed) {
  const answer = await fetch(list.action, {
    method: "POST",
    headers: { "X-Requested-With": "fetch" },
    body: new URLSearchParams({ mark: pressed.value }),
    redirect: "error",
    keepalive: true,
  });
  if (!answer.ok) throw new Error(answer.statusText);
}

list?.addEventListener("submit", async (event) => {
  const pressed = event.submitter;
  if (!pressed?.dataset.mark) return;
  event.preventDefault();
  try {
    await send(pressed);
    show(pressed);
  } catch {
    location.assign("/login");
  }
});

function readIfUnread() {
  const read = button("read");
  if (read && read.getAttribute("aria-pressed") === "false") read.click();
}

// An original that is opened from the list has been read.
list?.addEventListener("click", (event) => {
  const link = event.target.closest("a.original");
  if (!link) return;
  const read = link.closest(".story")?.querySelector('[data-mark="read"]');
  if (read?.getAttribute("aria-pressed") === "false") read.click();
});

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  o: () => current()?.querySelector("a.open")?.click(),
  v: () => {
    const place = current() ?? document;
    const link = place.querySelector("a.original");
    if (!link) return;
    window.open(link.href, "_blank", "noopener,noreferrer");
    readIfUnread();
  },
  m: () => button("read")?.click(),
  s: () => button("star")?.click(),
  A: () => document.getElementById("read-page")?.click(),
  u: () => document.getElementById("undo")?.click(),
  "/": () => document.getElementById("q")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches("input:not([type=hidden]), select, textarea")) return;
  if (document.getElementById("keys")?.open) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
