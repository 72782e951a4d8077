// What a page does around htmx: focus and voice after a swap, a sign of progress, a way out when the line breaks.
(() => {
  document.documentElement.classList.add("js");
  const find = (selector) => document.querySelector(selector);
  const on = (event, handler) => document.addEventListener("htmx:" + event, (e) => handler(e.detail, e));
  // A server that asks for another target names it by its selector.
  const isMain = (target) => target === "#main" || target?.id === "main";
  let requests = 0;
  let failed = null;

  const busy = (change) => {
    requests = Math.max(0, requests + change);
    document.documentElement.classList.toggle("busy", requests > 0);
  };

  const offline = (ctx) => {
    failed = ctx;
    const notice = find("#offline");
    if (notice) notice.hidden = !ctx;
  };

  const focus = (element) => {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  };

  const say = (text) => {
    const live = find("#live");
    live.textContent = "";
    setTimeout(() => (live.textContent = text), 100);
  };

  // From our own tag: what a page holds must not choose what runs.
  const { passkey, chat, files, push } = document.currentScript.dataset;
  const help = () => {
    if (find("form[data-passkey]")) import(passkey).then((module) => module.start());
    if (find("#file-form")) import(files).then((module) => module.start());
    if (find("main [data-push]")) import(push).then((module) => module.start());
    if (find("main [data-chat]")) import(chat).then((module) => module.start());
  };

  const markPlace = () => {
    for (const link of document.querySelectorAll(".nav a, .menu a")) {
      if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };

  // The menu closes as soon as one is elsewhere: it lies over the page.
  const leaveMenu = ({ target }) => {
    const menu = find(".menu[open]");
    if (menu && !menu.contains(target)) menu.open = false;
  };

  on("before:request", () => busy(1));
  on("finally:request", () => busy(-1));

  // No answer at all, or one that is not ours (a gateway's page): what was typed must stay.
  on("error", ({ ctx }) => ctx && !ctx.response && offline(ctx));
  on("before:swap", ({ ctx, tasks }, event) => {
    const own = !isMain(ctx.target) || tasks.some((task) => task.fragment.querySelector("#main"));
    if (!own) event.preventDefault();
    offline(own ? null : ctx);
    // Asked now, because the element that asked is often swapped away.
    ctx.stays = ctx.sourceElement?.closest?.("[data-stay]");
    ctx.wasAt = document.activeElement?.id;
  });

  on("before:history:update", ({ history, sourceElement, response }, event) => {
    const refused = response?.status >= 400 && !response.raw.redirected;
    // The address of a refused POST cannot be opened again.
    if (refused && sourceElement.method === "post") event.preventDefault();
    else if (history.path === location.pathname + location.search) history.type = "replace";
  });

  on("after:swap", ({ ctx }) => {
    const box = find("dialog[data-window]:not([open])");
    if (box) {
      box.showModal();
      box.querySelector("h2").focus();
      return say(box.querySelector("h2").textContent);
    }
    const main = find("#main");
    // What a socket brings comes to the body, too, and is no page: it answers nothing.
    if (!main || !(isMain(ctx.target) || (ctx.target === document.body && ctx.response))) return;
    markPlace();
    leaveMenu({ target: main });
    help();
    const news = main.querySelector("[data-news]");
    if (ctx.stays && news) {
      say(news.textContent);
      if (document.activeElement === document.body) focus(news);
      return;
    }
    // Whoever writes in the new page already is left there.
    const at = document.activeElement;
    const isWriting = main.contains(at) && at.matches("input, textarea") && (at.id !== ctx.wasAt || at.value !== at.defaultValue);
    if (!isWriting) {
      if (isMain(ctx.target)) scrollTo(0, 0);
      focus(main.querySelector("#errors") ?? main.querySelector("h1") ?? main);
    }
    say(ctx.title || document.title);
  });

  // The padlock of a password; hidden again before it is sent, lest the browser keeps it as plain text.
  const peek = (button, shown) => {
    button.setAttribute("aria-pressed", shown);
    document.getElementById(button.getAttribute("aria-controls")).type = shown ? "text" : "password";
  };
  addEventListener("submit", ({ target }) => target.querySelectorAll("[data-peek]").forEach((each) => peek(each, false)), true);

  // What was written and not sent yet is nobody's business once its writer has left.
  const leave = async () => {
    Object.keys(localStorage).forEach((key) => key.startsWith("chat:") && localStorage.removeItem(key));
    const worker = await navigator.serviceWorker?.getRegistration("/");
    (await worker?.pushManager?.getSubscription())?.unsubscribe();
  };
  addEventListener("submit", ({ target }) => target.matches("[data-leave]") && leave(), true);

  document.addEventListener("focusin", leaveMenu);
  document.addEventListener("pointerdown", leaveMenu);
  document.addEventListener("keydown", ({ key }) => {
    const menu = find(".menu[open]");
    if (key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  document.addEventListener("click", ({ target }) => {
    const padlock = target.closest("[data-peek]");
    if (padlock) return peek(padlock, padlock.getAttribute("aria-pressed") === "false");
    if (target.closest("[data-print]")) return print();
    const copy = target.closest("[data-copy]");
    if (copy) return navigator.clipboard?.writeText(find(copy.dataset.copy).innerText).then(() => say(copy.dataset.copied));
    if (target.closest("[data-close]")) return target.closest("dialog").close();
    if (!failed || !target.closest("#retry")) return;
    const { sourceElement, request } = failed;
    if (!sourceElement.isConnected || sourceElement === document.body) return location.reload();
    offline(null);
    (request.submitter ?? sourceElement.querySelector("button") ?? sourceElement).click();
  });

  markPlace();
  help();
})();
