// «No soy un robot»: the page, and the worker that solves its challenge meanwhile.
(() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const words = (root) => Int32Array.from(primes, (p) => root(p) * 2 ** 32);
  const K = words(Math.cbrt), H = words(Math.sqrt);
  const W = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  // SHA-256 of W: crypto.subtle is absent over http.
  const hash = (first) => {
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = W[i - 16] + W[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
    for (let i = 0; i < 64; i++) {
      const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
    }
    if (a == first)
      return [a, b, c, d, e, f, g, h].map((word, i) => ((word + H[i]) >>> 0).toString(16).padStart(8, 0)).join("");
  };

  // Yields how far it is, then the answer.
  function* search(challenge) {
    const { salt, nonce, keyPrefix, data } = challenge.parameters;
    W.set((salt + nonce).match(/.{8}/g).map((word) => parseInt(word, 16)));
    W[9] = 1 << 31;
    W[15] = 288;
    const first = (parseInt(keyPrefix.slice(0, 8), 16) - H[0]) | 0;
    for (let counter = 0; counter <= data.max; counter++) {
      if (counter % 1e3 == 0) yield counter;
      W[8] = counter;
      const derivedKey = hash(first);
      if (derivedKey) return yield btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
    yield "";
  }

  if (!self.document) {
    onmessage = ({ data }) => {
      for (const step of search(data)) postMessage(step);
      close();
    };
    return;
  }

  const { src } = document.currentScript;
  const policy = self.trustedTypes?.createPolicy("captcha", { createScriptURL: () => src });

  const boxOf = (element) => element.closest("form")?.querySelector("[data-captcha]");
  const parts = (box) => ["input", "progress", "[role]", "[type=checkbox]"].map((part) => box.querySelector(part));
  const challengeOf = (box) => JSON.parse(box.dataset.captcha);
  const isOld = (box) => Date.now() - box.born > challengeOf(box).parameters.data.seconds * 1e3;

  const say = (box, what) => {
    const [, bar, text, tick] = parts(box);
    text.textContent = text.dataset[what];
    bar.hidden = what == "done";
    tick.checked ||= bar.hidden;
  };

  const show = () => {
    const box = document.querySelector("[data-captcha]");
    if (!box || box.born) return;
    box.born = Date.now();
    box.querySelector("noscript")?.remove();
    box.querySelector("[hidden]").hidden = false;
    if (parts(box)[0].value) say(box, "done");
  };

  const begin = async (box) => {
    const [answer, bar] = parts(box);
    if (box.busy || (answer.value && !isOld(box))) return;
    box.busy = true;
    say(box, "busy");
    if (isOld(box)) {
      const page = await fetch(location).then((found) => found.text(), String);
      const found = page.match(/captcha="([^"]+)/);
      if (found) box.dataset.captcha = found[1].replaceAll("&#34;", '"');
      box.born = Date.now();
    }
    const challenge = challengeOf(box);
    bar.max = challenge.parameters.data.max;
    const told = (step) => {
      if (step.toFixed) return (bar.value = step);
      answer.value = step;
      if (!step) delete box.dataset.captcha; // to the picture
      box.busy = false;
      say(box, "done");
      box.waiting?.click();
      box.waiting = null;
    };
    const steps = search(challenge);
    const walk = () => {
      const { value, done } = steps.next();
      if (!done) told(value), setTimeout(walk);
    };
    try {
      const worker = new Worker(policy?.createScriptURL("") ?? src);
      worker.onmessage = ({ data }) => told(data);
      worker.onerror = walk;
      worker.postMessage(challenge);
    } catch {
      walk();
    }
  };

  const start = ({ target }) => target.matches("input") && boxOf(target) && begin(boxOf(target));
  addEventListener("focusin", start);
  addEventListener("change", start);

  addEventListener("submit", (event) => {
    const box = boxOf(event.target);
    if (!box) return;
    const isTwice = Date.now() - box.sent < 3e3;
    if (!isTwice && parts(box)[0].value && !isOld(box)) {
      box.sent = Date.now();
      return (box.born = 1); // counts once
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isTwice) return;
    box.waiting = event.submitter ?? event.target.querySelector("button");
    begin(box);
    say(box, "wait");
  }, true);

  addEventListener("htmx:after:swap", show);
  show();
})();
