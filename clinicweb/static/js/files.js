// A file goes in parts: what has arrived is not sent again, however often the line breaks.
let isReady = false;
let going = null;
const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).slice(0, 22).replace(/\+/g, "-").replace(/\//g, "_");

// A longer wait after each failure; none once the line is back.
const pause = (tries) =>
  new Promise((go) => {
    setTimeout(go, Math.min(15, 2 ** tries) * 1000);
    addEventListener("online", go, { once: true });
  });

const show = (box, text, isBusy) => {
  box.querySelector("[data-says]").textContent = text;
  box.querySelector("[type=submit]").hidden = isBusy;
  for (const each of box.querySelectorAll("progress, [data-cancel]")) each.hidden = !isBusy;
};

const ask = (url, body, headers, told) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const name in headers) request.setRequestHeader(name, headers[name]);
    if (told) request.upload.onprogress = ({ loaded }) => told(loaded);
    request.timeout = 120000;
    request.onloadend = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {}
      answer.status = request.status;
      // What is no answer of ours is a page: of a proxy, or that of the sign-in.
      request.status > 199 && request.status < 300 && "offset" in answer ? resolve(answer) : reject(answer);
    };
    going.stop = () => request.abort();
    request.send(body);
  });

const mayTryAgain = ({ status }) => !status || [408, 409, 429].includes(status) || (status > 499 && status != 507);

// Whether it arrived.
const send = async (box, file) => {
  const token = box.querySelector("[name=csrf_token]").value;
  const name = ["file", box.action, file.name, file.size, file.lastModified].join();
  const key = (sessionStorage[name] ??= newKey());
  const { begin, waiting, checking, failed } = box.dataset;
  const bar = box.querySelector("progress");
  let state = null;
  let most = 65536;
  let tries = 0;
  bar.max = file.size;
  delete going.url;
  while (!going.isOver) {
    try {
      state ??= await ask(begin, new URLSearchParams({ csrf_token: token, key, name: file.name, size: file.size }));
      if (state.message) break;
      const { offset } = state;
      const began = Date.now();
      going.url = state.url;
      show(box, offset + most < file.size ? "" : checking, true);
      bar.value = offset;
      state = await ask(state.url, file.slice(offset, offset + most), { "X-CSRFToken": token, "Upload-Offset": offset }, (loaded) => (bar.value = offset + loaded));
      if (Date.now() - began < 1000) most = Math.min(2 * most, 524288);
      tries = 0;
    } catch (why) {
      if (going.isOver) break;
      if (!mayTryAgain(why) && !(state && why.status == 404)) {
        delete sessionStorage[name];
        return show(box, `${file.name}: ${why.problem || failed}`, false);
      }
      state = null;
      most = 65536;
      show(box, why.status ? "" : waiting, true);
      await pause(tries++);
    }
  }
  delete sessionStorage[name];
  if (going.isOver) {
    if (going.url) fetch(`${going.url}/cancelar`, { method: "POST", headers: { "X-CSRFToken": token } });
    return show(box, "", false);
  }
  document.body.dispatchEvent(new CustomEvent("live:poll"));
  return true;
};

const submit = async (event) => {
  const box = event.target;
  const files = box.id == "file-form" ? [...box.querySelector("[type=file]").files] : [];
  if (!files.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (going) return;
  if (files.some(({ size }) => size > box.dataset.most * 1048576)) return show(box, box.dataset.large, false);
  going = {};
  show(box, "", true);
  while (files.length && (await send(box, files[0]))) files.shift();
  going = null;
  if (files.length) return;
  // The page's script bears that mark, too.
  if (!document.querySelector("main [data-chat]")) return location.assign(box.dataset.back);
  box.reset();
  show(box, box.dataset.done, false);
};

const click = (event) => {
  if (event.target.closest("[data-cancel]") && going) {
    going.isOver = true;
    going.stop?.();
  }
  const link = event.target.closest("[data-picture]");
  if (!link) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  link.classList.add("open");
  link.firstElementChild.src = link.href;
};

export const start = () => {
  if (isReady) return;
  isReady = true;
  addEventListener("submit", submit, true);
  addEventListener("click", click, true);
};
