// Copying, saving, pinning, and the questions that this browser remembers.
const HISTORY = "quoth-history";
const DRAFT = "quoth-draft";
let lastChecked = {};

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
const tried = async (work, told) => {
  try {
    const done = await work();
    if (told) say(told);
    return done;
  } catch (error) {
    say(error instanceof TypeError ? AWAY : error.message);
    return null;
  }
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
  const kept = remembered().filter((one) => one.question !== entry.question);
  try {
    localStorage.setItem(HISTORY, JSON.stringify([entry, ...kept].slice(0, 50)));
  } catch { /* a browser that keeps nothing has no history */ }
};
const listRemembered = () => {
  const place = $("#history-list");
  if (!place) return;
  place.replaceChildren(...remembered().map((one, number) => {
    const item = document.createElement("li");
    const anchor = document.createElement("a");
    anchor.id = `history-${number + 1}`;
    anchor.textContent = one.question;
    anchor.href = `?${new URL(one.link, location.href).searchParams}`;
    item.append(anchor);
    return item;
  }));
  if (place.children.length) return;
  const empty = document.createElement("li");
  empty.textContent = "No question yet.";
  place.append(empty);
};

// What a new view sets off
let afterwards = "";
let focusAfterwards = "";
const toHighest = (within) => all(".bars", within).forEach((chart) => {
  const bars = all(".bar", chart).map((bar) => bar.getBoundingClientRect());
  if (!bars.length) return;
  const highest = bars.reduce((one, other) => (other.height > one.height ? other : one));
  const box = chart.getBoundingClientRect();
  chart.scrollLeft += highest.left + highest.width / 2 - (box.left + box.width / 2);
});
const arrived = (view) => {
  toHighest(view);
  const answer = $(".answer", view);
  if (answer) {
    remember(answer);
    say(answer.dataset.answered === "yes" ? "Answered." : "No answer.", { quietly: true });
    openCited();
  } else {
    if ($("[data-told]", view)) say($("[data-told]", view).dataset.told, { quietly: true });
    if (stated().has("c")) openCited();
  }
  if (afterwards) say(afterwards);
  if (focusAfterwards) ($(focusAfterwards) ?? $("#view")).focus();
  afterwards = focusAfterwards = "";
  const draft = $("#draft textarea", view);
  if (draft) {
    draft.value = sessionStorage.getItem(DRAFT) ?? "";
    if (draft.value && draft.value === lastChecked.text) $("#checked", view).innerHTML = lastChecked.html;
  }
  if ($("#history-forget")) $("#history-forget").hidden = !remembered().length;
  listRemembered();
  ready();
};

const pin = (button) => tried(async () => {
  await sent("api/v1/notebook", { action: "pin", ...JSON.parse(button.dataset.pin) });
  button.textContent = "Pinned";
}, "Pinned in the notebook.");
const changeNotebook = async (change, told) => {
  if (!(await tried(() => sent("api/v1/notebook", change), told))) return;
  if (document.body.dataset.view !== "notebook" || change.action === "note") return;
  if (change.id) focusAfterwards = `[data-entry="${change.id}"]`;
  reload(told);
};
const correctName = async (name, changes, after = name) => {
  const done = await tried(async () => {
    for (const [action, value] of changes)
      await sent("api/v1/name", { action, name: action === "type" ? after : name, value });
    return true;
  });
  if (!done) return;
  const parameters = stated();
  parameters.set("q", after);
  history.replaceState(null, "", `?${parameters}`);
  reload("Kept in the file of corrections.");
};
const reload = (told) => { afterwards = told; before = ""; show(); };
let removing = [];
const chosen = () => all("#view input[name=chosen]:checked").map((one) => one.value);

const CLICKED = {
  open: (button) => open(button),
  copy: (button) => copy(button.dataset.copy, "Citation copied."),
  copyLink: () => copy(location.href, "Link copied."),
  close: (button) => (button.closest("dialog") ? button.closest("dialog").close() : closeArticle()),
  step: (button) => showMark(at + Number(button.dataset.step)),
  mark: (button) => showMark(Number(button.dataset.mark)),
  pin: (button) => pin(button),
  export: (button) => {
    const answer = button.closest(".answer");
    if (button.dataset.export === "markdown") save("answer.md", answer.dataset.markdown, "text/markdown");
    else save("answer.json", answer.dataset.json, "application/json");
  },
  forget: () => { localStorage.removeItem(HISTORY); listRemembered(); say("History forgotten."); },
  keys: () => $("#keys").showModal(),
  more: (button) => { const list = button.closest("ul"); list.classList.add("whole"); $("li:nth-child(13) a", list)?.focus(); button.closest("li").remove(); },
  filters: () => showFilters(document.body.dataset.filters !== "yes"),
  more: (button) => {
    const card = button.closest(".card");
    const whole = card.classList.toggle("whole");
    button.textContent = whole ? "less" : "more";
    button.setAttribute("aria-expanded", String(whole));
  },
  change: (button) => {
    const change = JSON.parse(button.dataset.change);
    if (change.action === "remove" && button.dataset.sure === undefined) {
      button.dataset.sure = "";
      button.textContent = "Remove for good";
      say("Press it again to remove the entry.");
      setTimeout(() => { delete button.dataset.sure; button.textContent = "Remove"; }, 5000);
      return;
    }
    changeNotebook(change, change.action === "remove" ? "Removed." : "Changed.");
  },
  follow: async (button) => {
    const change = { action: button.dataset.follow, text: stated().get("q") ?? "" };
    const done = await tried(() => sent("api/v1/notebook", change), "Kept in the notebook.");
    if (!done) return;
    button.textContent = "Followed";
    button.disabled = true;
  },
  remove: () => {
    removing = chosen();
    const count = removing.length;
    if (!count) { say("Choose what to remove first."); return; }
    $("#remove-question").textContent =
      `Remove ${count} ${count === 1 ? "document" : "documents"} from the index? The files themselves stay.`;
    $("#sure").hidden = false;
    $("#remove-no").focus();
  },
  removeNo: () => { $("#sure").hidden = true; $("#remove").focus(); },
  removeYes: async () => {
    const done = await tried(() => sent("api/v1/remove", { documents: removing }));
    if (!done) return;
    reload(`${done.removed.length} removed.`);
  },
  // Only on request: these questions are answered too, which would delay the person's own.
  next: (button) => {
    button.disabled = true;
    button.textContent = "Asking…";
    part("#next", button.dataset.next);
  },
  summary: (button) => {
    button.disabled = true;
    button.textContent = "Comparing the sentences…";
    part("#summary", button.dataset.summary);
  },
  figures: (button) => {
    button.disabled = true;
    button.textContent = "Reading…";
    part("#figures", button.dataset.figures);
  },
  beside: (button) => {
    button.disabled = true;
    button.textContent = "Looking…";
    part("#beside", button.dataset.beside);
  },
  reject: (button) => correctName(button.dataset.reject, [["reject", ""]]),
  // A request that sends the quotations to the person's own model: never without this click.
  write: async (button) => {
    const place = $("#written");
    button.disabled = true;
    button.textContent = "Writing…";
    const answer = await fetch(button.dataset.write, { method: "POST" }).catch(() => null);
    if (!answer?.ok) {
      const told = answer && (await answer.json().catch(() => null));
      button.disabled = false;
      button.textContent = "Write it out";
      say(told?.error ?? "The server does not answer.");
      return;
    }
    for await (const { html, error } of linesOf(answer)) {
      if (!place.isConnected) return; // another question was asked
      if (error) say(error);
      else place.innerHTML = html;
    }
    say($("[data-told]", place)?.dataset.told ?? "", { quietly: true });
  },
  print: () => print(),
};

const showFilters = (shown) => {
  document.body.dataset.filters = shown ? "yes" : "no";
  $("#show-filters").setAttribute("aria-expanded", String(shown));
  if (shown) $("#close-filters")?.focus();
  else $("#show-filters").focus();
};
const closeMenus = (but = null) =>
  all("details.menu[open]").forEach((one) => { if (!one.contains(but)) one.open = false; });

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const link = event.target.closest?.("a[href]");
  if (link?.classList.contains("skip")) {
    event.preventDefault();
    const view = $("#view");
    view.tabIndex = -1;
    view.focus();
    view.scrollIntoView();
    return;
  }
  if (link && link.getAttribute("href").startsWith("?") && !link.hasAttribute("download")) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(new URLSearchParams(link.getAttribute("href").slice(1)));
    return;
  }
  const button = event.target.closest?.("button, summary");
  if (!button) return;
  for (const name of Object.keys(CLICKED)) if (button.dataset[name] !== undefined) CLICKED[name](button);
});
