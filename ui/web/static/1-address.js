// The address holds the state: view, question, filters, cited passage. A link therefore restores
// what is shown, and Back and Forward work.
const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

const VIEWS = {
  answer: "", mentions: "Every mention", says: "Who says what", time: "Over time",
  notebook: "Notebook",
  draft: "Check a draft", sources: "Sources", evaluate: "Evaluate",
};
const OF_A_QUESTION = ["answer", "mentions", "says", "time"];

const stated = () => new URLSearchParams(location.search);
const viewOf = (parameters) =>
  (Object.hasOwn(VIEWS, parameters.get("view")) ? parameters.get("view") : "answer");

// Show a message on the page; screen readers read it too.
let hiding = 0;
const say = (text, { quietly = false } = {}) => {
  const status = $("#status-line");
  status.textContent = text;
  status.classList.toggle("quiet", quietly);
  clearTimeout(hiding);
  hiding = setTimeout(() => { if (status.textContent === text) status.textContent = ""; }, 8000);
};

const go = (parameters) => {
  const search = parameters.toString();
  const target = `${location.pathname}${search ? `?${search}` : ""}`;
  if (target !== location.pathname + location.search)
    history.pushState(null, "", target);
  show();
};

const ask = (question) => {
  const parameters = stated();
  if (!OF_A_QUESTION.includes(viewOf(parameters))) parameters.delete("view");
  parameters.delete("c");
  parameters.delete("sort");
  parameters.delete("by");
  parameters.set("q", question);
  go(parameters);
};

const retitle = () => {
  const parameters = stated();
  const view = VIEWS[viewOf(parameters)];
  const told = OF_A_QUESTION.includes(viewOf(parameters)) ? parameters.get("q") : "";
  document.title = [told, view, "Quoth"].filter(Boolean).join(" — ");
};
