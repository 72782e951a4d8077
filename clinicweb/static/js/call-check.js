// «Probar cámara y micrófono»: each part tried in turn, by what a call would do; what came out stands in the form.
(() => {
  const find = (name) => document.getElementById(name);
  const root = find("check");
  const form = find("check-form");
  const LISTENS = 6000, PATIENCE = 15000, LOUD = 0.02;
  let sound = null, streams = [], listening = 0;

  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const say = (part, state, ...numbers) => {
    const box = root.querySelector(`[data-part="${part}"]`);
    for (const each of box.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state;
    const line = box.querySelector("[data-numbers]");
    if (line) line.textContent = numbers.length ? numbers.reduce((text, value) => text.replace("#", Math.round(value)), line.dataset.text) : "";
    if (state !== "trying") form.elements[part].value = state;
  };
  const why = ({ name }) => ({ NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" })[name] ?? "denied";

  const stop = () => {
    clearInterval(listening);
    for (const stream of streams) stream.getTracks().forEach((track) => track.stop());
    streams = [];
    find("check-picture").hidden = find("check-level").hidden = find("check-speak").hidden = true;
  };

  // The microphone and the camera are asked for apart: one may be refused and the other not.
  const open = async (part, wanted) => {
    say(part, "trying");
    if (!navigator.mediaDevices || !window.RTCPeerConnection) return void say(part, "off");
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      streams.push(stream);
      return stream;
    } catch (error) {
      say(part, why(error));
    }
  };

  const hearMicrophone = async () => {
    const stream = await open("microphone", { audio: true });
    if (!stream) return;
    const level = find("check-level");
    level.hidden = find("check-speak").hidden = false;
    const ear = new AnalyserNode(sound, { fftSize: 1024 });
    sound.createMediaStreamSource(stream).connect(ear);
    const wave = new Float32Array(ear.fftSize);
    let loudest = 0;
    listening = setInterval(() => {
      ear.getFloatTimeDomainData(wave);
      const now = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
      level.value = Math.min(1, now * 4);
      loudest = Math.max(loudest, now);
      if (loudest > LOUD && form.elements.microphone.value !== "ok") say("microphone", "ok");
    }, 100);
    for (const began = Date.now(); loudest <= LOUD && Date.now() - began < LISTENS; ) await pause(200);
    find("check-speak").hidden = true;
    say("microphone", loudest > LOUD ? "ok" : "quiet");
  };

  const seeCamera = async () => {
    const stream = await open("camera", { video: { width: { ideal: 640 }, facingMode: "user" } });
    if (!stream) return;
    find("check-picture").srcObject = stream;
    find("check-picture").hidden = false;
    say("camera", "ok");
  };

  const playTone = () => {
    sound ??= new AudioContext();
    sound.resume();
    const tone = new OscillatorNode(sound, { frequency: 660 });
    const gain = new GainNode(sound, { gain: 0.25 });
    tone.connect(gain).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 1.2);
    find("check-heard").hidden = false;
  };

  const post = (url, body, type) =>
    fetch(url, { method: "POST", body, headers: { "X-CSRFToken": form.elements.csrf_token.value, ...(type ? { "Content-Type": type } : {}) }, signal: AbortSignal.timeout(20000) }).then((answer) => (answer.ok ? answer : Promise.reject(answer)));

  // Two ends in this page that may meet at the relay alone.
  const passRelay = async () => {
    say("relay", "trying");
    if (!window.RTCPeerConnection) return say("relay", "failed");
    const { ice } = await (await post(root.dataset.relay)).json();
    if (!ice.length) return say("relay", "direct");
    const ends = [0, 1].map(() => new RTCPeerConnection({ iceServers: ice, iceTransportPolicy: "relay" }));
    let hasWay = false;
    try {
      const trip = await Promise.race([
        pause(PATIENCE),
        meet(...ends, () => (hasWay = true)),
      ]);
      if (trip !== undefined) form.elements.relay_ms.value = Math.round(trip);
      say("relay", trip !== undefined ? "ok" : hasWay ? "half" : "failed", ...(trip === undefined ? [] : [trip]));
    } finally {
      ends.forEach((end) => end.close());
    }
  };

  const meet = async (one, other, tell) => {
    const line = one.createDataChannel("check");
    const back = new Promise((done) => {
      let began = 0;
      line.onopen = () => ((began = performance.now()), line.send("?"));
      line.onmessage = () => done(performance.now() - began);
    });
    other.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => channel.send(data));
    // Candidates wait until the description that they belong to is there.
    let isSet;
    const set = new Promise((done) => (isSet = done));
    const bring = (to) => ({ candidate }) => {
      if (!candidate?.candidate) return;
      tell();
      set.then(() => to.addIceCandidate(candidate)).catch(() => {});
    };
    one.onicecandidate = bring(other);
    other.onicecandidate = bring(one);
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
    isSet();
    return back;
  };

  // A little first: as much as a slow line bears; more only where that was quick.
  const SIZES = [16384, 131072, 524288];
  const timed = async (act) => {
    let speed = 0;
    for (const size of SIZES) {
      const began = performance.now();
      await act(size);
      const ms = performance.now() - began;
      speed = (size * 8) / ms;
      if (ms > 1000) break;
    }
    return Math.max(1, Math.round(speed));
  };
  const noise = (size) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
    return bytes;
  };
  const measure = async () => {
    say("speed", "trying");
    const down = await timed((size) => post(root.dataset.down, new URLSearchParams({ bytes: size })).then((answer) => answer.arrayBuffer()));
    const up = await timed((size) => post(root.dataset.up, noise(size), "application/octet-stream"));
    Object.assign(form.elements.down, { value: down });
    Object.assign(form.elements.up, { value: up });
    const steps = root.dataset.speeds.split(" ").map((step) => step.split(":"));
    say("speed", steps.find(([least]) => Math.min(down, up) >= +least)[1], down, up);
  };

  const tried = (part, act) => act().catch(() => say(part, "failed"));
  const run = async () => {
    find("check-start").disabled = true;
    stop();
    sound ??= new AudioContext();
    sound.resume();
    await hearMicrophone();
    await seeCamera();
    await tried("relay", passRelay);
    await tried("speed", measure);
    form.hidden = false;
    find("check-start").disabled = false;
    find("check-start").classList.remove("primary");
  };

  root.hidden = false;
  find("check-start").addEventListener("click", run);
  find("check-tone").addEventListener("click", playTone);
  find("check-heard").addEventListener("click", ({ target }) => target.dataset.says && say("speaker", target.dataset.says));
  // Who leaves is not seen any more, by whatever way.
  document.addEventListener("htmx:after:swap", () => root.isConnected || stop());
  addEventListener("pagehide", stop);
})();
