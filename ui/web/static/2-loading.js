// The view is HTML that the server renders, fetched by address. Only the response to the last address
// is shown; earlier ones are dropped. At most two requests run at once, so that a person who asks
// several questions quickly does not wait for all of them.
const FILTERS = ["from", "to", "in", "doc", "f"];
const withoutFilters = (parameters) => {
  FILTERS.forEach((name) => parameters.delete(name));
  return parameters;
};
const AT_ONCE = 2;
const AGAIN_MS = 1000;
let turn = 0;
let underWay = 0;
let waiting = null;

const shownAs = (html) => {
  const view = $("#view");
  view.innerHTML = html;
  view.removeAttribute("aria-busy");
  arrived(view);
};
const notice = (text) => {
  const line = document.createElement("p");
  line.className = "notice";
  line.setAttribute("role", "alert");
  line.textContent = text;
  const view = $("#view");
  view.replaceChildren(line);
  if (FILTERS.some((name) => stated().has(name))) {
    const out = document.createElement("a");
    out.id = "without-filters";
    out.textContent = "Go on without filters";
    out.href = `?${withoutFilters(stated())}`;
    view.append(out);
  }
  view.removeAttribute("aria-busy");
  document.documentElement.dataset.ready = "true";
};
const skeleton = (question) => {
  say("");
  const view = $("#view");
  view.setAttribute("aria-busy", "true");
  const asked = document.createElement("p");
  asked.className = "asked";
  asked.textContent = question;
  const told = document.createElement("p");
  told.className = "stage";
  told.textContent = "Searching and reading…";
  const bones = document.createElement("div");
  bones.className = "skeleton";
  bones.setAttribute("aria-hidden", "true");
  bones.append(...[0, 1, 2].map(() => document.createElement("i")));
  view.replaceChildren(asked, told, bones);
};

// Lines of JSON, as they arrive.
const linesOf = async function* (answer) {
  let held = "";
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (held + piece).split("\n");
    held = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
};
const stage = ({ read, of, html, error }) => {
  if (html !== undefined) shownAs(html);
  else if (error) notice(error);
  else if ($("#view .stage")) $("#view .stage").textContent = `Reading ${read} of ${of} passages…`;
};

const next = async () => {
  if (!waiting || underWay >= AT_ONCE) return;
  const { address, mine } = waiting;
  waiting = null;
  underWay += 1;
  try {
    const answer = await fetch(address, { headers: { accept: "application/x-ndjson, text/html" } });
    if (!answer.ok) {
      const told = await errorOf(answer);
      if (mine === turn) notice(told);
    } else if (answer.headers.get("content-type").startsWith("application/x-ndjson")) {
      let whole = false;
      for await (const line of linesOf(answer)) {
        if (mine === turn) stage(line);
        whole = "html" in line || "error" in line;
      }
      if (!whole) throw new Error("the server ended in the middle");
    } else {
      const told = await answer.text();
      if (mine === turn) shownAs(told);
    }
  } catch {
    if (mine === turn) {
      notice("The server does not answer. Your question is kept and sent again until it does.");
      setTimeout(() => {
        if (mine === turn) { waiting = { address, mine }; next(); }
      }, AGAIN_MS);
    }
  } finally {
    underWay -= 1;
    next();
  }
};
const errorOf = async (answer) => {
  try {
    return (await answer.json()).error ?? `The server failed (${answer.status}).`;
  } catch {
    return `The server failed (${answer.status}).`;
  }
};
const load = (address, question) => {
  turn += 1;
  waiting = { address, mine: turn };
  skeleton(question);
  next();
};

// A part of the page beside the view; it may come later or not at all.
const part = async (selector, address) => {
  const place = $(selector);
  if (!place) return;
  place.dataset.asked = address;
  try {
    const answer = await fetch(address);
    if (place.dataset.asked !== address) return;
    if (answer.ok) {
      place.innerHTML = await answer.text();
      toHighest(place);
    } else if (selector === "#facets" && FILTERS.some((name) => stated().has(name)))
      part(selector, `view/facets?${withoutFilters(stated())}`); // without the invalid filter
  } catch { /* the view says that the server does not answer */ }
};

const sent = async (address, content) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(content),
  });
  if (!answer.ok) throw new Error(await errorOf(answer));
  return answer.json();
};

// Gradio's parts, which add and measure, are large: they are loaded when they are first shown.
const WITH_GRADIO = ["sources", "evaluate"];
const whenGradio = (work) => {
  if (document.documentElement.dataset.gradio && $("#upload input[type=file]")) work();
  else setTimeout(() => whenGradio(work), 100);
};
const loadGradio = () => {
  const app = $("gradio-app");
  if (!app) { addEventListener("DOMContentLoaded", loadGradio); return; }
  if (!app.dataset.script) return;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = app.dataset.style;
  const script = document.createElement("script");
  script.type = "module";
  script.src = app.dataset.script;
  delete app.dataset.script;
  document.head.append(style, script);
};

let before = "";
const show = () => {
  const parameters = stated();
  const view = viewOf(parameters);
  const question = parameters.get("q") ?? "";
  document.body.dataset.view = view;
  document.body.dataset.empty = view === "answer" && !question ? "yes" : "no";
  retitle();
  all("#views a, #kinds a").forEach((link) => {
    const there = new URLSearchParams(new URL(link.href).search);
    if (OF_A_QUESTION.includes(viewOf(there))) {
      const target = stated();
      target.delete("c");
      target.delete("sort");
      target.delete("by");
      if (viewOf(there) === "answer") target.delete("view");
      else target.set("view", viewOf(there));
      link.href = `?${target}`;
    }
    if (viewOf(there) === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
  const field = $("#question input");
  if (OF_A_QUESTION.includes(view) && (document.activeElement !== field || !field.value || before))
    field.value = question || (before ? "" : field.value);
  const cited = new URLSearchParams(parameters);
  cited.delete("c");
  cited.sort(); // the same view, in whichever order its address states it
  if (before === cited.toString() && before !== "") { openCited(); return; }
  before = cited.toString() || "start";
  hideArticle();
  const main = $("#main");
  main.setAttribute("role", WITH_GRADIO.includes(view) ? "region" : "main"); // Gradio has a main too
  if (WITH_GRADIO.includes(view)) main.setAttribute("aria-label", VIEWS[view]);
  else main.removeAttribute("aria-label");
  if (WITH_GRADIO.includes(view)) loadGradio();
  if (view === "evaluate") {
    turn += 1;
    const title = document.createElement("h1");
    title.textContent = "Evaluate";
    $("#view").replaceChildren(title);
    $("#facets").replaceChildren();
    ready();
    return;
  }
  cited.delete("view");
  const asked = question || !OF_A_QUESTION.includes(view) ? view : "start";
  load(`view/${asked}?${cited}`, OF_A_QUESTION.includes(view) ? question : "");
  if (OF_A_QUESTION.includes(view)) part("#facets", `view/facets?${parameters}`);
  else $("#facets").replaceChildren();
};
const ready = () => { document.documentElement.dataset.ready = "true"; };
