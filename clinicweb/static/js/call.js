// The window «Teleconsulta»: what one sees and presses, and what its two pages say to each other.
(async () => {
  const tag = document.currentScript.dataset;
  const find = (name) => document.getElementById(name);
  const root = find("call");
  const texts = find("texts").dataset;
  const { body } = document;
  const [{ connect }, { watch, first }] = await Promise.all([import(tag.peer), import(tag.line)]);

  const newKey = (bytes) => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const call = root.dataset.call;
  const polite = root.dataset.polite === "1";
  // Over a reload it is the same page that sits in the call; each time it is loaded it begins anew.
  const seat = (sessionStorage["seat:" + call] ||= newKey(16));
  const run = newKey(6);
  const media = {};
  // Apart from the picture: one that waits for its first frame, which may never come, is silent as well.
  const voice = new Audio();
  let state = { status: root.dataset.status, other: "" };
  let config = null, theirRun = "", peer = null, line = null, endsAt = null, since = 0, isOver = false, screen = null, theirVoice = "";
  let told = new Set();

  const send = (what, fields = {}) => !body.dispatchEvent(new CustomEvent("live:send", { cancelable: true, detail: { live: what, call, seat, ...fields } }));
  const tell = (kind, data) => send("call.signal", { kind, run, to: theirRun, data: data ? JSON.stringify(data) : "" });
  const hello = () => tell("hello");
  const join = (takes) => send("call.join", takes ? { takes: "1" } : {});
  const show = (text) => (find("call-state").textContent = text);
  const warn = (text) => (find("call-problem").textContent = text);
  const press = (id, is) => find(id).setAttribute("aria-pressed", `${!!is}`);

  // Media: the microphone and the camera are asked for apart, so that either may be refused.
  const ask = async (kind, wanted) => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
      const [track] = stream.getTracks();
      use(kind, track);
      track.onended = () => media[kind] === track && use(kind, null);
      return track;
    } catch {
      use(kind, null);
      return null;
    }
  };
  const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  const VIDEO = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24 }, facingMode: "user" };

  const use = (kind, track) => {
    if (media[kind] && media[kind] !== track) media[kind].stop();
    media[kind] = track;
    if (kind === "video") showOwn();
    press(kind === "audio" ? "call-mic" : "call-camera", track?.enabled);
    peer?.attach().then(() => line?.apply());
    sayMine();
  };

  const showOwn = () => {
    const own = find("call-own");
    own.hidden = !media.video?.enabled;
    own.srcObject = media.video ? new MediaStream([media.video]) : null;
    own.classList.toggle("mirror", !screen);
  };

  const sayMine = () => peer?.say({ voice: !media.video?.enabled });

  const start = async () => {
    if (!navigator.mediaDevices) return warn(texts.noMic);
    const audio = await ask("audio", AUDIO);
    const video = await ask("video", VIDEO);
    warn(!audio ? texts.noMic : !video ? texts.noCamera : "");
    list();
  };

  const list = async () => {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const fill = (id, kind) => {
      const found = devices.filter((one) => one.kind === kind && one.deviceId);
      find(id).replaceChildren(...found.map((one) => new Option(one.label || kind, one.deviceId)));
    };
    fill("call-microphones", "audioinput");
    fill("call-cameras", "videoinput");
    fill("call-speakers", "audiooutput");
    find("call-speaker").hidden = !voice.setSinkId || !find("call-speakers").length;
  };

  // The other one.
  const build = () => {
    line?.stop();
    peer?.close();
    find("call-other").srcObject = voice.srcObject = null;
    since = Date.now();
    theirVoice = "";
    peer = connect({
      polite, config, tell, media, first,
      onLines: () => line.apply(),
      onTrack: (track) => {
        const shows = track.kind === "audio" ? voice : find("call-other");
        shows.srcObject = new MediaStream([track]);
        shows.play().catch(() => {});
      },
      onState: (now) => {
        root.dataset.connection = now;
        root.classList.toggle("on", now === "connected");
        if (now === "connected") {
          since = 0;
          show(theirVoice);
          warn(!media.audio ? texts.noMic : !media.video ? texts.noCamera : "");
          line.apply();
          sayMine();
        } else if (now === "disconnected" || now === "failed") {
          since ||= Date.now();
          show(texts.again);
          setTimeout(() => peer?.pc.connectionState === now && peer.restart(), now === "failed" ? 0 : 1500);
        }
      },
      onWord: (word) => {
        line.hear(word);
        if (!("voice" in word)) return;
        // Kept: it may come before this browser tells that the two are connected.
        theirVoice = word.voice ? texts.otherVoice : "";
        if (since === 0) show(theirVoice);
      },
    });
    line = watch(peer, { onQuality, onStep });
  };

  const hear = ({ kind, run: theirs, to, data }) => {
    if (!config || (to && to !== run)) return;
    if (theirs !== theirRun) {
      theirRun = theirs;
      build();
      if (polite) hello();
    } else if (kind === "hello" && !polite && since && Date.now() - since > 2000) peer?.restart();
    if (kind !== "hello") peer?.hear(kind, JSON.parse(data));
  };

  // Whatever went wrong on the way is tried again until it works; the call is the server's to end.
  const heal = () => {
    root.dispatchEvent(new CustomEvent("call:look", { detail: { status: state.status, other: state.other, pc: peer?.pc, media, relayOnly: config?.iceTransportPolicy === "relay" } }));
    if (isOver || state.status !== "answered" || !config || !state.other) return;
    if (peer?.pc.connectionState === "connected") return;
    hello();
    if (peer && Date.now() - since > 6000) peer.restart();
  };

  // What the server says.
  const learn = (now) => {
    state = now;
    if (now.ice) config = { iceServers: now.ice, iceTransportPolicy: now.relay ? "relay" : "all" };
    if (!["ringing", "answered"].includes(now.status)) return over();
    if (now.seat && now.seat !== seat) return leave();
    find("call-here").hidden = true;
    if (now.status === "ringing") return show(texts.ringing);
    endsAt = performance.now() + now.left * 1000;
    if (!now.other) show(texts.waiting);
    else if (peer?.pc.connectionState !== "connected") {
      show(texts.connecting);
      hello();
    }
  };

  const stop = () => {
    line?.stop();
    peer?.close();
    peer = line = null;
    theirRun = "";
    root.classList.remove("on");
    for (const kind of ["audio", "video"]) use(kind, null);
  };

  const leave = () => {
    stop();
    config = null;
    show(texts.elsewhere);
    find("call-here").hidden = false;
  };

  const over = () => {
    if (isOver) return;
    isOver = true;
    stop();
    location.replace(location.href);
  };

  document.addEventListener("htmx:ws:before:message:incoming", ({ detail }) => {
    const { data } = detail.message;
    if (data[0] !== "{") return;
    const now = JSON.parse(data);
    if (now.call !== call || isOver) return;
    if (now.live === "call") learn(now);
    if (now.live === "signal") hear(now);
    if (now.live === "elsewhere") leave();
  });
  body.addEventListener("live:line", ({ detail }) => detail.open && (find("call-here").hidden ? join() : null));
  addEventListener("online", () => peer?.restart());
  navigator.connection?.addEventListener?.("change", () => peer?.restart());

  // The clock, the server's: the page only counts.
  const tick = () => {
    if (endsAt === null || isOver) return;
    const left = Math.max(0, Math.round((endsAt - performance.now()) / 1000));
    const clock = find("call-clock");
    clock.textContent = `${Math.floor(left / 60)}:${`${left % 60}`.padStart(2, "0")}`;
    clock.classList.toggle("soon", left <= 60);
    for (const minutes of root.dataset.notices.split(" ").filter(Boolean)) {
      if (left > minutes * 60 || left < minutes * 60 - 20 || told.has(minutes)) continue;
      told.add(minutes);
      warn(minutes === "5" ? texts.five : texts.one);
    }
    // A page that has no line to the server ends by itself.
    if (left === 0 && performance.now() - endsAt > 5000) over();
  };

  // The line, in words and numbers.
  let quality = { step: null, reported: 0 };
  const onQuality = (word, now) => {
    root.dataset.line = word;
    find("call-line-text").textContent = `${texts.line}: ${texts[word].toLowerCase()}`;
    const number = (text, ...values) => values.reduce((done, value) => done.replace("#", Math.round(value)), text);
    const lines = [
      `${texts.line}: ${texts[word].toLowerCase()}`,
      number(texts.delay, now.rtt),
      number(texts.lost, now.concealed * 100),
      number(texts.speed, now.down, now.up),
      number(texts.used, (now.sent + now.received) / 1000),
      now.relayed ? texts.relayed : texts.direct,
    ];
    find("call-details").replaceChildren(...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    if (Date.now() - quality.reported < 20000) return;
    quality.reported = Date.now();
    const told = { rtt: now.rtt, lost: now.lost, concealed: now.concealed, frozen: now.frozen, sent_kb: now.sent, received_kb: now.received, solo_audio: +(quality.step === 0), relayed: +now.relayed };
    send("call.quality", Object.fromEntries(Object.entries(told).map(([name, value]) => [name, value.toFixed(4).slice(0, 12)])));
  };
  const onStep = (step, { byHand }) => {
    const was = quality.step;
    quality.step = step;
    if (byHand || !media.video) return;
    if (step === 0 && was) warn(texts.otherWeak);
    if (step > 0 && was === 0) warn(texts.back);
  };

  // The buttons.
  const on = (id, act) => find(id).addEventListener("click", act);
  const toggle = async (kind, wanted) => {
    const track = media[kind];
    if (!track) return ask(kind, wanted).then(list);
    track.enabled = !track.enabled;
    if (kind === "video") showOwn();
    press(kind === "audio" ? "call-mic" : "call-camera", track.enabled);
    sayMine();
  };
  on("call-mic", () => toggle("audio", AUDIO));
  on("call-camera", () => toggle("video", VIDEO));
  on("call-here", async () => {
    join(true);
    await start();
  });
  on("call-mosaic", () => press("call-mosaic", find("call-stage").classList.toggle("mosaic")));
  on("call-line", () => find("call-line").setAttribute("aria-expanded", `${!(find("call-details").hidden = !find("call-details").hidden)}`));
  on("call-menu", () => find("more").showModal());
  on("call-solo", ({ target }) => {
    const is = target.getAttribute("aria-pressed") === "false";
    target.setAttribute("aria-pressed", `${is}`);
    line?.solo(is);
  });
  on("call-save", ({ target }) => {
    const is = target.getAttribute("aria-pressed") === "false";
    target.setAttribute("aria-pressed", `${is}`);
    line?.save(is);
  });
  const share = async () => {
    if (screen) return void screen.getTracks().forEach((one) => one.stop()), endShare();
    screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 8 } }).catch(() => null);
    if (!screen) return;
    const [track] = screen.getVideoTracks();
    track.contentHint = "detail";
    track.onended = endShare;
    use("video", track);
    press("call-screen", true);
  };
  const endShare = () => {
    screen = null;
    press("call-screen", false);
    ask("video", VIDEO);
  };
  find("call-screen").hidden = !navigator.mediaDevices?.getDisplayMedia;
  on("call-screen", share);
  find("call-full").hidden = !root.requestFullscreen;
  on("call-full", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  find("call-float").hidden = !document.pictureInPictureEnabled;
  on("call-float", () => find("call-other").requestPictureInPicture().catch(() => {}));
  const choose = (id, act) => find(id).addEventListener("change", ({ target }) => act(target.value));
  choose("call-microphones", (id) => ask("audio", { ...AUDIO, deviceId: { exact: id } }));
  choose("call-cameras", (id) => ask("video", { ...VIDEO, deviceId: { exact: id } }));
  choose("call-speakers", (id) => voice.setSinkId(id));

  // The chat beside it: asked for when it is first opened.
  const talk = document.querySelector("[data-talk]");
  const unread = find("call-unread");
  talk && on("call-talk", async () => {
    const panel = find("call-chat");
    panel.hidden = !panel.hidden;
    find("call-talk").setAttribute("aria-expanded", `${!panel.hidden}`);
    unread.hidden = true;
    unread.textContent = "";
    if (panel.hidden) return;
    talk.dataset.chat = talk.dataset.talk;
    (await import(tag.chat)).start();
    panel.querySelector("textarea")?.focus();
    panel.scrollTop = panel.scrollHeight;
  });
  talk && new MutationObserver((changes) => {
    const lines = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((one) => one.matches?.(".line"));
    if (!lines.length || !find("call-chat").hidden) return;
    unread.textContent = `${+unread.textContent + 1}`;
    unread.hidden = false;
  }).observe(talk.querySelector("ol"), { childList: true });
  // What leads away from a call opens beside it.
  addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link && !link.hasAttribute("data-refresh")) link.target = "_blank";
  }, true);

  setInterval(tick, 1000);
  setInterval(heal, 3000);
  await start();
  join();
})();
