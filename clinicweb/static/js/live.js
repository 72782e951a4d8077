// The page's one socket: opened once, kept while htmx swaps pages, and what is done while there is none.
//
// A form with data-socket goes out through the socket while there is one, and as the form it is
// while there is none; then live:sent happens on it.
//
// For other scripts, all on the body:
//   live:send    to be dispatched, cancelable, its detail the fields: cancelled when they went out
//   live:poll    ask for what is new
//   live:failed  what was sent was refused: {name, key}; the same by POST says why
//   live:line    {open}: the socket opened, or was lost
(() => {
  const { body } = document;
  const find = (selector) => document.querySelector(selector);
  const POLL = 15000;
  const SILENCE = 60000; // the server says something every 25 seconds
  const PATIENCE = 3000; // a line that is back by then was not worth a word
  let socket = null;
  let heard = 0; // when anything came
  let pushed = 0; // when something to show came
  let lost = null; // when the line was lost; null while it is there
  let ended = false;

  const tell = (name, detail) => body.dispatchEvent(new CustomEvent("live:" + name, { detail }));
  const isOpen = () => socket?.readyState === WebSocket.OPEN;
  const poll = () => document.hidden || tell("poll");

  const showLine = () => {
    const line = find("#line");
    if (!line) return;
    const isLost = lost !== null && Date.now() - lost >= PATIENCE && !!find("#main [data-live]");
    line.querySelector("[data-lost]").hidden = ended || !isLost;
    line.querySelector("[data-ended]").hidden = !ended;
    line.hidden = !ended && !isLost;
  };

  const lose = () => {
    if (lost !== null) return;
    lost = Date.now();
    tell("line", { open: false });
    setTimeout(showLine, PATIENCE);
  };

  const on = (event, handler) => document.addEventListener("htmx:" + event, (e) => handler(e.detail, e));

  on("ws:after:connection", ({ connection }) => {
    const again = lost !== null && heard > 0;
    socket = connection.socket;
    heard = Date.now();
    lost = null;
    tell("line", { open: true });
    showLine();
    // What came between the page and its socket; after a restart of the server not everybody at once.
    setTimeout(poll, again ? Math.random() * 1500 : 0);
  });

  on("ws:close", ({ code }) => {
    ended = ended || code === 4001;
    lose();
    if (ended) showLine();
  });

  on("ws:before:message:incoming", ({ message }, event) => {
    heard = Date.now();
    if (message.data[0] === "<") return void (pushed = heard);
    event.preventDefault();
    if (message.data[0] !== "{") return;
    const told = JSON.parse(message.data);
    if (told.live === "catchup") setTimeout(poll, Math.random() * 1500);
    if (told.live === "failed") tell("failed", told);
  });

  // What was pushed while a page was under way may have found no place in the one before.
  on("before:request", ({ ctx }) => (ctx.asked = Date.now()));
  on("after:swap", ({ ctx }) => {
    showLine();
    if (ctx.asked && pushed >= ctx.asked && find("#main [data-live]")) poll();
  });

  const send = (fields) => {
    if (isOpen()) socket.send(JSON.stringify(fields));
    return isOpen();
  };

  body.addEventListener("live:send", (event) => send(event.detail) && event.preventDefault());

  // Before htmx hears of it.
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("form[data-socket]")) return;
    const { csrf_token, ...fields } = Object.fromEntries(new FormData(form, submitter));
    if (!send(fields)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dispatchEvent(new CustomEvent("live:sent", { bubbles: true, detail: fields }));
  }, true);

  document.addEventListener("visibilitychange", () => lost !== null && poll());
  addEventListener("offline", lose);
  // A page out of the browser's store has lost its socket for good.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  setInterval(() => lost !== null && !ended && poll(), POLL + Math.random() * 5000);
  setInterval(() => {
    if (isOpen() && Date.now() - heard > SILENCE) socket.close();
  }, POLL);

  htmx.config.ws = {
    pauseOnBackground: false,
    reconnectDelay: 1000,
    reconnectMaxDelay: POLL,
    reconnectCodes: [1001, 1005, 1006, 1008, 1009, 1011, 1012, 1013, 1014],
  };
  setTimeout(() => isOpen() || lose(), PATIENCE);
  // htmx may have gone over the page before its extension was here.
  htmx.process(body);
})();
