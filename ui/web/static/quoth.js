// Keys, copying, the reader, links and history. Everything shown comes escaped from the server or
// is set as text; nothing here makes HTML out of strings but the reader's own page.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const HISTORY = "quoth-history";
  let opener = null;
  let at = 1;

  const say = (text) => {
    const status = $("#status-line");
    if (status) status.textContent = text;
  };

  // Copying and saving
  const copy = async (text, told) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(told);
  };
  const save = (name, text, type) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(`Saved ${name}`);
  };

  // The reader
  const reader = () => {
    let dialog = $("#reader");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "reader";
      dialog.setAttribute("aria-labelledby", "reader-title");
      dialog.addEventListener("close", () => {
        opener?.focus();
        link();
      });
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
      });
      document.body.append(dialog);
    }
    return dialog;
  };
  const show = (number) => {
    const marks = all("#reader mark");
    if (!marks.length) return;
    at = ((number - 1 + marks.length) % marks.length) + 1;
    marks.forEach((mark, place) => mark.classList.toggle("here", place + 1 === at));
    marks[at - 1].scrollIntoView({ block: "center" });
    $("#reader-place").textContent = `Quotation ${at} of ${marks.length}`;
  };
  const open = async (button) => {
    opener = button;
    const dialog = reader();
    const asked = new URL(button.dataset.open, document.baseURI);
    const answer = await fetch(asked);
    if (!answer.ok) {
      say((await answer.json()).error ?? "The article could not be opened.");
      return;
    }
    dialog.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    show(Number(asked.searchParams.get("at") ?? 1));
    ($("mark.here", dialog) ?? $("#reader-close")).focus({ preventScroll: true });
    link(button.closest(".card")?.dataset.rank);
  };

  // Links and history
  const link = (rank) => {
    const answer = $("#answer .answer");
    if (!answer) return;
    const stated = new URL(answer.dataset.link, location.href);
    if (rank) stated.searchParams.set("c", rank);
    history.replaceState(null, "", stated);
  };
  const remembered = () => {
    try {
      return JSON.parse(localStorage.getItem(HISTORY)) ?? [];
    } catch {
      return [];
    }
  };
  const remember = (answer) => {
    const entry = { question: answer.dataset.question, link: answer.dataset.link };
    const kept = remembered().filter((one) => one.link !== entry.link);
    try {
      localStorage.setItem(HISTORY, JSON.stringify([entry, ...kept].slice(0, 50)));
    } catch { /* a browser that keeps nothing has no history */ }
    list();
  };
  const list = () => {
    const place = $("#history-list");
    if (!place) return;
    place.replaceChildren();
    remembered().forEach((one, number) => {
      const item = document.createElement("li");
      const anchor = document.createElement("a");
      anchor.id = `history-${number + 1}`;
      anchor.textContent = one.question;
      const target = new URL("?", location.href);
      target.search = new URL(one.link, location.href).search;
      anchor.href = target;
      item.append(anchor);
      place.append(item);
    });
    const empty = document.createElement("li");
    empty.textContent = "No question yet.";
    if (!place.children.length) place.append(empty);
  };

  // What a new answer sets off
  let shown = "";
  const answered = () => {
    const answer = $("#answer .answer");
    const now = answer && answer.dataset.link + answer.dataset.json;
    if (!answer || now === shown) return;
    shown = now;
    remember(answer);
    say(answer.dataset.answered === "yes" ? "Answered." : "No answer.");
    const rank = new URLSearchParams(location.search).get("c");
    const button = rank && /^\d+$/.test(rank) && $(`#open-${rank}`);
    if (button && !document.body.dataset.restored) open(button);
    else link();
    document.body.dataset.restored = "yes";
  };
  new MutationObserver(() => {
    answered();
    if ($("#history-list") && !$("#history-list").children.length) list();
    if (!document.body.dataset.focused && $("#question textarea, #question input")) {
      document.body.dataset.focused = "yes";
      $("#question textarea, #question input").focus();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button, a");
    if (!button) return;
    const answer = button.closest(".answer");
    if (button.dataset.open) open(button);
    else if (button.dataset.copy !== undefined) copy(button.dataset.copy, "Citation copied.");
    else if (button.dataset.copyLink !== undefined) copy(location.href, "Link copied.");
    else if (button.dataset.close !== undefined) button.closest("dialog").close();
    else if (button.dataset.step) show(at + Number(button.dataset.step));
    else if (button.dataset.export === "markdown")
      save("answer.md", answer.dataset.markdown, "text/markdown");
    else if (button.dataset.export === "json")
      save("answer.json", answer.dataset.json, "application/json");
    else if (button.dataset.forget !== undefined) {
      localStorage.removeItem(HISTORY);
      list();
      say("History forgotten.");
    } else if (button.dataset.keys !== undefined) $("#keys").showModal();
  });

  // Keys
  const cards = () => all("#answer .card");
  const current = () => document.activeElement?.closest?.(".card");
  const step = (by) => {
    const found = cards();
    if (!found.length) return;
    const place = found.indexOf(current());
    const next = place < 0 ? (by > 0 ? 0 : found.length - 1) : place + by;
    found[Math.max(0, Math.min(found.length - 1, next))].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    if (typing || $("dialog[open]")) return;
    const card = current() ?? cards()[0];
    const keys = {
      "/": () => $("#question textarea, #question input")?.focus(),
      j: () => step(1),
      k: () => step(-1),
      o: () => card && open($(".open", card)),
      c: () => card && $("[data-copy]", card).click(),
      "?": () => $("#keys").showModal(),
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
})();
