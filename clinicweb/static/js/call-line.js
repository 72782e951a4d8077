// How good the line is, and what is sent over it: the voice first; video steps down, off, and on again by itself.
const EVERY = 2000;
// What is sent at each step: audio and video in bit/s, how much smaller the picture is, frames a second.
const STEPS = [
  { audio: 10000, video: 0 },
  { audio: 12000, video: 25000, smaller: 4, frames: 5 },
  { audio: 16000, video: 60000, smaller: 2.67, frames: 10 },
  { audio: 20000, video: 150000, smaller: 2, frames: 15 },
  { audio: 28000, video: 400000, smaller: 1.5, frames: 24 },
  { audio: 32000, video: 1000000, smaller: 1, frames: 30 },
];
const START = 2;
const SAVING = 1; // the highest step of «modo ahorro»
const PATIENCE = [4, 4, 3, 3, 3, 3]; // good rounds before the next step up, as many again after each fall

export const watch = (peer, { onQuality, onStep }) => {
  let step = START, good = 0, falls = 0, before = null, solo = false, saving = false, theirs = {};
  let applied = "";

  const ceiling = () => (solo ? 0 : saving ? SAVING : STEPS.length - 1);

  const limit = async (kind, change) => {
    const sender = peer.lineOf(kind)?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return false;
    Object.assign(parameters.encodings[0], change);
    if (kind === "video") parameters.degradationPreference = "balanced";
    return sender.setParameters(parameters).then(() => true, () => false);
  };

  const apply = async () => {
    const { audio, video, smaller, frames } = STEPS[step];
    const wanted = `${step}${!!peer.lineOf("video")?.sender.track}`;
    if (applied === wanted || peer.pc.connectionState !== "connected") return;
    const sizes = video ? { active: true, maxBitrate: video, scaleResolutionDownBy: smaller, maxFramerate: frames } : { active: false };
    const done = [await limit("audio", { maxBitrate: audio, priority: "high", networkPriority: "high" }), await limit("video", sizes)];
    if (done.every(Boolean)) applied = wanted;
    onStep(step, { byHand: solo });
  };

  const read = async () => {
    const found = { at: Date.now(), sent: 0, received: 0, samples: 0, concealed: 0, frozen: 0, frames: 0 };
    for (const one of (await peer.pc.getStats()).values()) {
      if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded") {
        Object.assign(found, { rtt: one.currentRoundTripTime, room: one.availableOutgoingBitrate, pair: one.localCandidateId });
        found.sent += one.bytesSent;
        found.received += one.bytesReceived;
      }
      if (one.type === "remote-inbound-rtp" && one.kind === "audio") found.lost = one.fractionLost;
      if (one.type === "inbound-rtp" && one.kind === "audio") Object.assign(found, { samples: one.totalSamplesReceived, concealed: one.concealedSamples - (one.silentConcealedSamples ?? 0), energy: one.totalAudioEnergy });
      if (one.type === "inbound-rtp" && one.kind === "video") Object.assign(found, { frozen: one.totalFreezesDuration, frames: one.framesDecoded });
      if (one.type === "local-candidate" && one.id === found.pair) found.relayed = one.candidateType === "relay";
    }
    return found;
  };

  const measure = (now, before) => {
    const seconds = (now.at - before.at) / 1000;
    const share = (part, whole) => (now[whole] > before[whole] ? Math.max(0, now[part] - before[part]) / (now[whole] - before[whole]) : 0);
    const speed = (name) => Math.max(0, Math.round(((now[name] - before[name]) * 8) / 1000 / seconds));
    return {
      rtt: Math.round((now.rtt ?? 0) * 1000),
      lost: now.lost ?? 0,
      concealed: share("concealed", "samples"),
      up: speed("sent"),
      down: speed("received"),
      frames: Math.round((now.frames - before.frames) / seconds),
      frozen: now.frozen ?? 0,
      room: now.room ? now.room / 1000 : null,
      sent: now.sent / 1000,
      received: now.received / 1000,
      relayed: !!now.relayed,
    };
  };

  const judge = ({ rtt, concealed }) => (rtt > 800 || concealed > 0.1 ? "bad" : rtt > 400 || concealed > 0.03 ? "fair" : "good");

  const climb = (line) => {
    const worst = Math.max(theirs.concealed ?? 0, line.lost);
    if (line.rtt > 800 || worst > 0.1) {
      good = 0;
      falls += step > 0;
      step = Math.max(0, step - 1);
    } else if (line.rtt > 400 || worst > 0.05) good = 0;
    else if (++good > PATIENCE[step] * Math.min(4, 1 + falls) && hasRoom(line)) {
      good = 0;
      step += step < STEPS.length - 1;
    }
    step = Math.min(step, ceiling());
  };

  // The browser's own guess, where it has one, must allow for what the next step sends.
  const hasRoom = ({ room }) => {
    const next = STEPS[step + 1];
    return !next || room === null || step === 0 || room * 1000 > (next.audio + next.video) * 0.8;
  };

  const round = async () => {
    if (peer.pc.connectionState !== "connected") return;
    const [last, now] = [before, await read()];
    before = now;
    if (!last) return apply();
    const line = measure(now, last);
    peer.say({ concealed: line.concealed });
    climb(line);
    await apply();
    onQuality(judge(line), line);
  };

  const timer = setInterval(() => round().catch(() => {}), EVERY);
  return {
    apply,
    hear: (word) => (theirs = { ...theirs, ...word }),
    solo: (is) => ((solo = is), (step = Math.min(is ? 0 : START, ceiling())), apply()),
    save: (is) => ((saving = is), (step = Math.min(step, ceiling())), apply()),
    stop: () => clearInterval(timer),
  };
};
