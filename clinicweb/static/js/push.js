// «Avisarme en este equipo»: what the browser offers, and what it was told already.
const find = (selector) => document.querySelector(selector);
const policy = window.trustedTypes?.createPolicy("push", { createScriptURL: (address) => (address === "/sw.js" ? address : "") });
const trusted = (address) => policy?.createScriptURL(address) ?? address;
const isOffered = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const show = (state) => {
  for (const each of document.querySelectorAll("main [data-push] [data-when]")) each.hidden = each.dataset.when !== state;
};

// As the server lists them: the beginning of the address's SHA-256.
const markOf = async (endpoint) => {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 16);
};

const held = async () => (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();

const look = async () => {
  if (!isOffered) return show("none");
  if (Notification.permission === "denied") return show("denied");
  const subscription = await held();
  const row = subscription && find(`[data-mark="${await markOf(subscription.endpoint)}"]`);
  row?.querySelector(".tag").removeAttribute("hidden");
  show(row ? "on" : "off");
};

const allow = async (box, form) => {
  if ((await Notification.requestPermission()) !== "granted") return look();
  await navigator.serviceWorker.register(trusted(box.dataset.worker));
  const { pushManager } = await navigator.serviceWorker.ready;
  // With another key of the portal an old one is of no use.
  await (await pushManager.getSubscription())?.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: box.dataset.key });
  const { endpoint, keys } = subscription.toJSON();
  Object.assign(form.endpoint, { value: endpoint });
  Object.assign(form.p256dh, { value: keys.p256dh });
  Object.assign(form.auth, { value: keys.auth });
  form.requestSubmit();
};

export const start = () => {
  const box = find("main [data-push]");
  const form = box.querySelector("form");
  form.addEventListener("submit", (event) => {
    if (form.endpoint.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    allow(box, form).catch(() => show("failed"));
  }, true);
  look().catch(() => show("failed"));
};
