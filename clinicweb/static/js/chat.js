// A conversation's page: what is written stays here until the server has it; lines stay in order.
let box, marked, timer;
let due = 0; // up to which change something is missing
let isReady = false;
let going = null; // the message that is under way
let isPosting = false; // htmx drops what is asked for meanwhile
let answer = 0; // what the server said to the latest that went without the socket
const refused = new Set();
const find = (selector) => document.querySelector(selector);
const id = () => box.dataset.chat;
const part = (name) => document.getElementById(`${name}-${id()}`);
const name = (key) => `chat:${id()}:${key}`;
const area = () => part("composer")?.querySelector("textarea");
const send = (what, fields) =>
  !document.body.dispatchEvent(new CustomEvent("live:send", { cancelable: true, detail: { live: what, conversation: id(), ...fields } }));
const newKey = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .slice(0, 22)
    .replace(/\+/g, "-")
    .replace(/\//g, "_");
// How far the page is from showing its newest line right above the composer.
const below = () => part("typing").getBoundingClientRect().bottom + part("composer").offsetHeight + 20 - innerHeight;
const goLow = () => scrollBy(0, below());
const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

// Those that the server has not acknowledged: shown below all others, and kept over a reload.
const waiting = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(name("")) && key !== name("draft"))
    .sort((a, b) => JSON.parse(localStorage[a]).at - JSON.parse(localStorage[b]).at)
    .map((key) => key.slice(name("").length));

const line = (key) => part("messages").querySelector(`[data-sent="${key}"]`);

const show = (key) => {
  const row = make("li", "line mine", "");
  const bubble = make("article", "bubble", "");
  const foot = make("p", "foot-line", "");
  row.dataset.sent = key;
  foot.append(make("span", "state", box.dataset.sending));
  bubble.append(make("p", "said", JSON.parse(localStorage[name(key)]).text), foot);
  row.append(bubble);
  line(key) ? line(key).replaceWith(row) : part("messages").append(row);
};

const fail = (key) => {
  const row = line(key);
  if (!row || !localStorage[name(key)]) return;
  const foot = row.querySelector(".foot-line");
  const retry = make("button", "", box.dataset.again);
  const back = make("button", "", box.dataset.back);
  row.classList.add("failed");
  retry.onclick = () => {
    refused.delete(key);
    again();
  };
  back.onclick = () => {
    area().value = JSON.parse(localStorage[name(key)]).text;
    localStorage.removeItem(name(key));
    row.remove();
    area().focus();
    again();
  };
  foot.replaceChildren(make("span", "state", box.dataset.failed), retry, back);
};

// One at a time, in the order in which they were written: what the line lost goes out before what
// was written since. Answered with a refusal, it waits for its writer; unanswered, for the line.
const next = () => {
  if (isPosting || (going && localStorage[name(going)])) return;
  going = waiting().find((key) => !refused.has(key));
  if (going) deliver(going);
};

const again = () => {
  going = null;
  if (box?.isConnected && area()) next();
};

// htmx tells the server of the source's own target unless it is told which one it is.
const post = (url, source, target, swap, values) =>
  htmx.ajax("POST", url, { source: "#" + source, target: "#" + target, swap, values, headers: { "HX-Target": "#" + target } });

const deliver = (key, isPlain) => {
  const form = part("composer");
  const { text, reply_to } = JSON.parse(localStorage[name(key)]);
  const talk = id();
  show(key);
  const fields = { key, text, reply_to };
  for (const field of part("state").querySelectorAll("input")) fields[field.name] = field.value;
  const isStuck = () => box.isConnected && talk === id() && going === key && localStorage[name(key)];
  if (!isPlain && send("chat.send", fields)) return void setTimeout(() => isStuck() && deliver(key, true), 8000);
  if (isPosting) return;
  fields.csrf_token = form.csrf_token.value;
  answer = 0;
  isPosting = true;
  const done = () => {
    isPosting = false;
    if (!isStuck()) return void (box.isConnected && area() && next());
    fail(key);
    going = null;
    if (answer < 400 || answer > 499 || answer === 429) return void setTimeout(() => going || again(), 15000);
    refused.add(key);
    next();
  };
  post(form.action, form.id, part("messages").id, "beforeend", fields).then(done, done);
};

const write = (event) => {
  const form = event.target.closest?.("form.composer");
  if (!form) return;
  const text = event.submitter?.dataset.quick !== undefined ? event.submitter.value : area().value;
  event.preventDefault();
  event.stopPropagation();
  if (!text.trim()) return area().focus();
  const key = newKey();
  localStorage[name(key)] = JSON.stringify({ text, reply_to: form.reply_to.value, at: Date.now() });
  if (text === area().value) {
    area().value = form.reply_to.value = "";
    localStorage.removeItem(name("draft"));
    form.querySelector(".quote")?.remove();
  }
  part("problem").textContent = "";
  show(key);
  next();
  goLow();
  area().focus();
};

const number = (row) => +row.dataset.number || Infinity;

const order = () => {
  const rows = new Map();
  for (const row of part("messages").children) {
    const { number: at, key, sent } = row.dataset;
    rows.set(at ?? sent, row);
    if (key) localStorage.removeItem(name(key));
  }
  const sorted = [...rows.values()]
    .filter(({ dataset: { sent } }) => !sent || localStorage[name(sent)])
    .sort((a, b) => number(a) - number(b));
  if (sorted.length !== part("messages").children.length || sorted.some((row, at) => row !== part("messages").children[at])) part("messages").replaceChildren(...sorted);
  sorted.forEach((row, at) => {
    const day = row.querySelector(".day:not(.new)");
    if (day) day.hidden = sorted[at - 1]?.dataset.day === row.dataset.day;
  });
};

const ask = () => part("state")?.querySelector("a").click();

// What the socket brought follows on what was known, or something is missing: then it is asked for.
const hear = () => {
  const [known, read] = part("state").querySelectorAll("input");
  for (const row of part("messages").querySelectorAll("[data-since]")) {
    const { since, to, seen, more } = row.dataset;
    row.remove();
    if (+since > +known.value) due = Math.max(due, +since);
    else if (+to > +known.value) known.value = to;
    if (+seen > +read.value) read.value = seen;
    if (more !== undefined) due = Infinity;
  }
  // More has changed than came at once.
  if ("more" in part("state").dataset) due = Infinity;
  if (due > +known.value) setTimeout(ask, 50);
  if (due === Infinity) due = 0;
  delete part("state").dataset.more;
  for (const row of part("messages").querySelectorAll(".mine[data-number]")) {
    if (number(row) <= +read.value) row.querySelector(".state")?.replaceChildren(box.dataset.seen);
  }
};

const look = () => {
  if (!box?.isConnected || document.hidden) return;
  const last = Math.max(0, ...[...part("messages").children].map((row) => +row.dataset.number || 0));
  if (last <= marked || !part("state")) return;
  marked = last;
  if (send("chat.seen", { number: `${last}` })) return;
  const csrf_token = find("input[name=csrf_token]").value;
  post(box.dataset.readUrl, part("state").id, "chat-count", "outerHTML", { number: last, csrf_token });
};

const refresh = () => {
  const count = find("#chat-count")?.textContent;
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  if (!box?.isConnected || !part("state")) return;
  const wasLow = below() < 300;
  hear();
  order();
  look();
  if (area()) next();
  if (wasLow) goLow();
  clearTimeout(timer);
  if (part("typing").textContent) timer = setTimeout(() => part("typing").replaceChildren(), 6000);
};

let typed = 0;
const type = ({ target }) => {
  if (!box?.isConnected || target !== area()) return;
  localStorage[name("draft")] = target.value;
  if (Date.now() - typed < 3000) return;
  typed = Date.now();
  send("chat.is_typing", {});
};

const listen = () => {
  isReady = true;
  addEventListener("submit", write, true);
  addEventListener("input", type);
  document.addEventListener("htmx:after:swap", refresh);
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => ctx.values?.key && (answer = ctx.response.status));
  document.addEventListener("visibilitychange", look);
  setInterval(() => box?.isConnected && !document.hidden && part("online") && send("chat.online", {}), 60000);
  document.addEventListener("live:failed", ({ detail }) => detail?.key && box?.isConnected && localStorage[name(detail.key)] && deliver(detail.key, true));
  // What the lost line may have swallowed.
  document.addEventListener("live:line", ({ detail }) => detail.open && again());
};

export const start = () => {
  if (!isReady) listen();
  if (box === find("main [data-chat]")) return;
  box = find("main [data-chat]");
  marked = due = 0;
  going = null;
  if (!area()) return;
  area().value ||= localStorage[name("draft")] ?? "";
  for (const key of waiting()) {
    show(key);
    if (refused.has(key)) fail(key);
  }
  refresh();
  box.dataset.ready = "";
  const fresh = find("#nuevos");
  if (/^#(message-|composer|text)/.test(location.hash)) return;
  fresh ? fresh.scrollIntoView() : goLow();
};
