// Forms, keys, dropped files, and the first view.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("#shell")) return;
  event.preventDefault();
  if (form.id === "ask") {
    const question = $("#question input").value.trim();
    if (!question) { say("Type a question first."); return; }
    ask(question);
  } else if (form.id === "draft") {
    const text = $("textarea", form).value;
    const most = $("textarea", form).maxLength;
    if (text.length > most) {
      say(`At most ${most.toLocaleString("en")} characters are checked at once; use quoth check for a whole file.`);
      return;
    }
    $("#checked").innerHTML = '<p class="stage">Looking each sentence up…</p>';
    tried(async () => {
      const answer = await fetch("view/checked", {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text }),
      });
      if (!answer.ok) throw new Error(await errorOf(answer));
      const html = await answer.text();
      lastChecked = { text, html };
      if ($("#checked")) $("#checked").innerHTML = html;
      say($("#checked [data-told]")?.dataset.told ?? "");
      return true;
    }).then((done) => { if (!done && $("#checked .stage")) $("#checked").replaceChildren(); });
  } else if (form.id === "name") {
    const { name } = form.dataset;
    const after = form.elements.rename.value.trim();
    const kind = form.elements.type;
    const changes = [];
    if (after && after !== name) changes.push(["rename", after]);
    if (!kind.selectedOptions[0].defaultSelected) changes.push(["type", kind.value]);
    if (changes.length) correctName(name, changes, after || name);
    else say("Nothing is changed.");
  } else if (form.id === "filter-dates") {
    const parameters = stated();
    for (const name of ["from", "to"]) {
      const value = form.elements[name].value.trim();
      if (value) parameters.set(name, value);
      else parameters.delete(name);
    }
    parameters.delete("c");
    go(parameters);
  }
});
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.dataset.note) changeNotebook({ action: "note", id: Number(field.dataset.note), text: field.value }, "Note kept.");
  else if (field.name === "chosen" && $("#sure")) $("#sure").hidden = true;
  else if (field.dataset.pick) {
    $(`#filter-${field.dataset.pick}`).value = field.value;
    $("#filter-dates").requestSubmit();
  }
  else if (field.id === "draft-file" && field.files[0])
    field.files[0].text().then((text) => {
      $("#draft textarea").value = text;
      sessionStorage.setItem(DRAFT, text);
    });
  else if (field.id === "choose-all") {
    all("#view input[name=chosen]").forEach((one) => { one.checked = field.checked; });
    $("#sure").hidden = true;
  }
});
// The dates filter when the person has typed both and leaves them, or with Enter.
document.addEventListener("focusout", (event) => {
  const form = event.target.closest?.("#filter-dates");
  if (!form || form.contains(event.relatedTarget)) return;
  const changed = ["from", "to"].some((name) => form.elements[name].value.trim() !== (stated().get(name) ?? ""));
  if (changed) form.requestSubmit();
});
// Filter the list while the person types.
let typing = 0;
document.addEventListener("input", (event) => {
  if (event.target.id === "draft-text") sessionStorage.setItem(DRAFT, event.target.value);
  if (event.target.id !== "documents-search") return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const parameters = stated();
    if (event.target.value.trim()) parameters.set("s", event.target.value.trim());
    else parameters.delete("s");
    history.replaceState(null, "", `?${parameters}`);
    part("#documents-list", `view/documents?${parameters}`);
  }, 150);
});

// Months are chosen by dragging over their bars.
let from = "";
document.addEventListener("pointerdown", (event) => { from = event.target.closest?.("[data-month]")?.dataset.month ?? ""; });
document.addEventListener("pointerup", (event) => {
  const to = event.target.closest?.("[data-month]")?.dataset.month;
  if (!from || !to || from === to) return;
  const parameters = stated();
  const [first, last] = [from, to].sort();
  parameters.set("from", first);
  parameters.set("to", last);
  go(parameters);
});

// The rows of the notebook are put in order by dragging.
let dragged = null;
document.addEventListener("dragstart", (event) => { dragged = event.target.closest?.("[data-entry]"); });
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const over = event.target.closest?.("[data-entry]");
  if (dragged && over && dragged !== over) {
    const place = all("[data-entry]").indexOf(over) + 1;
    changeNotebook({ action: "move", id: Number(dragged.dataset.entry), place }, "Moved.");
  } else if (event.dataTransfer?.files.length) {
    if ($("#shell").dataset.mayChange === undefined) { say("This server accepts no files."); return; }
    const held = event.dataTransfer.files;
    go(new URLSearchParams({ view: "sources" }));
    whenGradio(() => {
      const input = $("#upload input[type=file]");
      input.files = held;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  dragged = null;
});

// Keys
const cards = () => all("#view .card").filter((one) => one.offsetParent);
const current = () => document.activeElement?.closest?.(".card");
const stepCards = (by) => {
  const found = cards();
  if (!found.length) return;
  const place = found.indexOf(current());
  const card = found[Math.max(0, Math.min(found.length - 1, place < 0 ? (by > 0 ? 0 : found.length - 1) : place + by))];
  card.focus();
  const button = $("[data-open]", card);
  // The first article may be on its way still.
  if (button && isDocked() && $("#reader").dataset.open) open(button, { focus: false });
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("dialog[open]")) {
    if ($("details.menu[open]")) closeMenus();
    else if ($("#sure") && !$("#sure").hidden) CLICKED.removeNo();
    else if (document.body.dataset.filters === "yes") showFilters(false);
    else if (event.target.closest?.("#question")) event.target.blur();
    else if (!$("#reader").hidden) closeArticle();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "?" && event.target.closest?.("#question") && !event.target.value) {
    event.preventDefault(); // a question never begins with one
    $("#keys").showModal();
    return;
  }
  if (event.target.closest?.("input, textarea, select, [contenteditable=true]") || $("dialog[open]")) return;
  const card = current() ?? cards()[0];
  const keys = {
    "/": () => $("#question input").focus(),
    j: () => stepCards(1),
    k: () => stepCards(-1),
    o: () => card && open($("[data-open]", card)),
    c: () => card && $("[data-copy]", card)?.click(),
    p: () => card && $("[data-pin]", card)?.click(),
    n: () => !$("#reader").hidden && showMark(at + 1),
    "?": () => $("#keys").showModal(),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

// Reload the list of documents when an add has ended.
let adding = false;
new MutationObserver(() => {
  const running = Boolean($("#add-progress progress"));
  if (adding && !running && document.body.dataset.view === "sources") {
    const parameters = stated();
    part("#documents-list", `view/documents?${parameters}`);
  }
  adding = running;
  all("[aria-label='common.upload']").forEach((one) => one.setAttribute("aria-label", "Upload files"));
}).observe(document.documentElement, { childList: true, subtree: true });

addEventListener("popstate", show);
show();
