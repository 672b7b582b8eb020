// The article beside the answer: its text with the quotations marked, its pages as pictures.
const AWAY = "The server does not answer; try again in a moment.";
let opener = null;
let at = 1;

const hideArticle = () => {
  const pane = $("#reader");
  pane.hidden = true;
  document.body.dataset.article = "no";
  pane.dataset.open = "";
};
const closeArticle = () => {
  hideArticle();
  document.body.dataset.closed = "yes";
  opener?.focus();
  const parameters = stated();
  if (history.state?.article) { history.back(); return; }
  if (!parameters.has("c")) return;
  parameters.delete("c");
  history.replaceState(null, "", `?${parameters}`);
};
const picture = async (mark) => {
  const place = $("#reader .page");
  if (!place) return;
  const address = mark.dataset.page;
  place.hidden = !address;
  if (!address || place.dataset.shown === address) return;
  place.dataset.shown = address;
  const answer = await fetch(address).catch(() => null);
  if (place.dataset.shown !== address) return;
  if (!answer?.ok) { place.hidden = true; return; }
  const image = $("img", place);
  const marks = JSON.parse(answer.headers.get("x-quoth-marks") ?? "[]");
  const address_ = URL.createObjectURL(await answer.blob());
  image.onload = () => {
    URL.revokeObjectURL(address_);
    image.hidden = false;
    place.dataset.marks = JSON.stringify(marks);
    if (!marks.length) return;
    const middle = ((marks[0][1] + marks[marks.length - 1][3]) / 2) * image.clientHeight;
    place.scrollTop = image.offsetTop + middle - place.clientHeight / 2;
  };
  image.alt = `${mark.dataset.label} with the quotation marked; its text is below`;
  $("figcaption", place).textContent = mark.dataset.label;
  image.src = address_;
};
const showMark = (number) => {
  const marks = all("#reader mark");
  if (!marks.length) return;
  at = ((number - 1 + marks.length) % marks.length) + 1;
  marks.forEach((mark, place) => mark.classList.toggle("here", place + 1 === at));
  const text = $("#reader .text");
  const mark = marks[at - 1];
  const above = mark.getBoundingClientRect().top - text.getBoundingClientRect().top;
  text.scrollTop += above - text.clientHeight / 3;
  $("#reader-place").textContent = `Quotation ${at} of ${marks.length}`;
  picture(mark);
};
const ticks = () => {
  const text = $("#reader .text");
  const rail = $("#reader .ticks");
  if (!text || !rail) return;
  rail.replaceChildren(...all("#reader mark").map((mark, place) => {
    const tick = document.createElement("button");
    tick.type = "button";
    tick.tabIndex = -1;
    tick.dataset.mark = place + 1;
    tick.setAttribute("aria-label", `Quotation ${place + 1}`);
    tick.style.top = `${(100 * mark.offsetTop) / Math.max(1, text.scrollHeight)}%`;
    return tick;
  }));
};
// Whether two addresses are of one article with the same quotations, whichever is shown first.
const sameArticle = (one, other) => {
  const [first, second] = [one, other].map((address) => {
    const parsed = new URL(address || "", document.baseURI);
    parsed.searchParams.delete("at");
    return parsed.href;
  });
  return first === second;
};
// The article at an address, fetched once for all who wait for it: one that comes a second time
// would undo a step that was taken meanwhile.
const coming = new Map();
const comingArticle = (address) => {
  if (!coming.has(address)) {
    const article = fetch(address)
      .then(async (answer) => answer.ok ? { html: await answer.text() } : { error: await errorOf(answer) })
      .catch(() => ({ error: AWAY }))
      .finally(() => coming.delete(address));
    coming.set(address, article);
  }
  return coming.get(address);
};
const open = async (button, { focus = true, step = true } = {}) => {
  const pane = $("#reader");
  const before = document.activeElement;
  const asked = new URL(button.dataset.open, document.baseURI);
  const over = step && !isDocked() && (pane.hidden || !history.state?.article);
  const isShown = sameArticle(pane.dataset.shown, asked.href);
  pane.dataset.open = asked.href;
  if (focus) opener = button;
  const card = button.closest("[data-rank]");
  all("#view .card").forEach((one) => one.classList.toggle("open-now", one === card));
  if (!isShown || pane.hidden) {
    const article = await comingArticle(asked.href);
    if (!sameArticle(pane.dataset.open, asked.href)) return;
    if (article.error) {
      pane.dataset.open = "";
      if (focus || article.error === AWAY) say(article.error);
      return;
    }
    pane.innerHTML = article.html;
    pane.dataset.shown = asked.href;
    pane.hidden = false;
    document.body.dataset.article = "yes";
    ticks();
  }
  showMark(Number(asked.searchParams.get("at") ?? 1));
  if (!focus) return;
  // Do not take the focus from a person who is already typing the next question.
  if (document.activeElement === before || document.activeElement === document.body)
    ($("mark.here", pane) ?? $("#reader-close")).focus({ preventScroll: true });
  const parameters = stated();
  if (card) {
    parameters.set("c", button.id.startsWith("open-") ? button.id.slice(5) : card.dataset.rank);
    if (!over) history.replaceState(history.state, "", `?${parameters}`);
  }
  if (over) history.pushState({ article: true }, "", `?${parameters}`); // Back closes the article
};
const isDocked = () => matchMedia("(min-width: 1024px)").matches;
const openCited = () => {
  const rank = stated().get("c");
  const button = rank && /^\d+(-\d+)?$/.test(rank) && ($(`#open-${rank}`) ?? $(`#open-${rank.split("-")[0]}`));
  if (button) {
    for (let folded = button.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    button.scrollIntoView({ block: "nearest" });
    open(button, { step: false });
  } else if (!rank && !isDocked()) hideArticle();
  else if (isDocked() && document.body.dataset.closed !== "yes" && $("#open-1"))
    open($("#open-1"), { focus: false });
};
