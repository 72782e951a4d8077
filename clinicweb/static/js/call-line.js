// How good the line is, and what is sent over it: the voice first; video steps down, off, and on again by itself.
const EVERY = 1000;
// What is sent at each step: audio and video in bit/s, how much smaller the picture is, frames a second; and what the
// line must carry for it, in kbit/s, both voices' copies and the heads of packets included.
const STEPS = [
  { audio: 10000, video: 0, needs: 0 },
  { audio: 8000, video: 16000, smaller: 4, frames: 6, needs: 42 },
  { audio: 10000, video: 28000, smaller: 4, frames: 8, needs: 62 },
  { audio: 16000, video: 80000, smaller: 2, frames: 12, needs: 115 },
  // From here on the browser's own judgement of the line is the better one.
  { audio: 24000, video: 400000, smaller: 4 / 3, frames: 24, needs: 190 },
  { audio: 32000, video: 1500000, smaller: 1, frames: 30, needs: 400 },
];
const START = 1;
const SAVING = 1; // the highest step of «modo ahorro»
const PATIENCE = [2, 4, 4, 4, 1]; // good rounds before the next step up, as many again after each fall but the first
// Rounds at the beginning in which the way up takes no patience: not the first, in which the browser only guesses.
const HURRY = { from: 3, until: 10 };
// On this step, after so many good rounds, the browser may send this much for a round, in bit/s, whatever the picture
// needs: it finds out at once how wide the line is.  A line too narrow for the step would drown in the question.
const ASK = { step: 3, good: 2, video: 400000 };
// The browser's guess stays behind while little is sent: what is nearly enough for the next step is tried.
const NEARLY = [0.65, 0.65, 0.62, 0.65, 0.8];

const pictureOf = ({ video, smaller, frames }) =>
  video ? { active: true, maxBitrate: video, scaleResolutionDownBy: smaller, maxFramerate: frames } : { active: false };
// What a caller begins with: a first picture that is too large stands in the way of the voice for seconds.
export const first = pictureOf(STEPS[START]);

export const watch = (peer, { onQuality, onStep }) => {
  let step = START, room = null, good = 0, falls = 0, bad = 0, rounds = 0, quiet = 0, shortest = Infinity, before = null, solo = false, saving = false, theirs = {};
  let applied = "";

  const ceiling = () => (solo ? 0 : saving ? SAVING : STEPS.length - 1);

  const limit = async (kind, change) => {
    const sender = peer.lineOf(kind)?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return false;
    Object.assign(parameters.encodings[0], change);
    // How large a picture is, the steps decide: one that the browser made smaller stays so, however wide the line gets.
    if (kind === "video") parameters.degradationPreference = "maintain-resolution";
    return sender.setParameters(parameters).then(() => true, () => false);
  };

  const pairOf = (pair, found, stats) => {
    const relayed = stats.get(pair.localCandidateId)?.candidateType === "relay";
    Object.assign(found, { pair, relayed, rtt: pair.currentRoundTripTime, room: pair.availableOutgoingBitrate ?? found.room });
  };

  const apply = async () => {
    const isAsking = step === ASK.step && good === ASK.good;
    const wanted = `${step}${!!peer.lineOf("video")?.sender.track}${isAsking}`;
    if (applied === wanted) return;
    const voice = { maxBitrate: STEPS[step].audio, priority: "high", networkPriority: "high" };
    const done = [await limit("audio", voice), await limit("video", { ...pictureOf(STEPS[step]), ...(isAsking && { maxBitrate: ASK.video }) })];
    if (done.every(Boolean)) applied = wanted;
    onStep(step, { byHand: solo });
  };

  const read = async () => {
    const stats = await peer.pc.getStats();
    const found = { at: Date.now(), sent: 0, received: 0, samples: 0, concealed: 0, frozen: 0, frames: 0 };
    for (const one of stats.values()) {
      if (one.type === "outbound-rtp") found.sent += one.bytesSent + (one.headerBytesSent ?? 0);
      if (one.type === "inbound-rtp") found.received += one.bytesReceived + (one.headerBytesReceived ?? 0);
      // Of several ways that both found, the one in use; its bytes begin anew whenever it changes.
      if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded" && !found.pair) pairOf(one, found, stats);
      if (one.type === "transport" && stats.has(one.selectedCandidatePairId)) pairOf(stats.get(one.selectedCandidatePairId), found, stats);
      if (one.type === "remote-inbound-rtp" && one.kind === "audio") found.lost = one.fractionLost;
      if (one.type === "inbound-rtp" && one.kind === "audio") Object.assign(found, { samples: one.totalSamplesReceived, concealed: one.concealedSamples - (one.silentConcealedSamples ?? 0), energy: one.totalAudioEnergy });
      if (one.type === "inbound-rtp" && one.kind === "video") Object.assign(found, { frozen: one.totalFreezesDuration, frames: one.framesDecoded });
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
      room: now.room ? (room = now.room / 1000) : room,
      sent: now.sent / 1000,
      received: now.received / 1000,
      relayed: !!now.relayed,
    };
  };

  const judge = ({ rtt, concealed }) => (rtt > 800 || concealed > 0.1 ? "bad" : rtt > 400 || concealed > 0.03 ? "fair" : "good");

  // None while nothing went wrong yet, nor where the line carries twice what is asked of it.
  const patience = ({ room }) => {
    const isHurry = rounds <= HURRY.until && !falls;
    const isWide = room > 2 * (STEPS[step + 1]?.needs ?? Infinity);
    return isHurry || isWide ? 0 : PATIENCE[step] * Math.min(4, Math.max(1, falls));
  };

  // A line that was cut says nothing of what it carries.  When it is back, a small picture is soon there, and the way up
  // is that of a beginning.
  const isCut = ({ down }) => {
    quiet = down ? Math.max(0, quiet - 1) : 2;
    if (!down) {
      rounds = falls = bad = good = 0;
      step = Math.min(step, START);
    }
    return quiet > 0;
  };

  // What the browser guesses that the line carries, where it guesses, decides how far; what was heard, whether.
  const climb = (line) => {
    // What got lost is repaired by the next packet; what could not be, the other one heard.
    const worst = theirs.concealed ?? line.lost;
    const carries = ({ needs }, share = 1) => line.room === null || line.room >= needs * share;
    const waited = line.rtt - (shortest = Math.min(shortest, line.rtt || Infinity));
    const isGuessed = step === START && rounds <= HURRY.until; // the browser begins with a low guess
    bad = waited > 600 || worst > 0.1 || (!isGuessed && !carries(STEPS[step], 0.6)) ? bad + 1 : 0;
    if (bad) {
      good = 0;
      if (step === 1 && bad === 1) return;
      falls += step > 0;
      // Whatever was too much, the smallest moving picture is tried before none.
      do step -= step > 0; while (step > 1 && !carries(STEPS[step]));
    } else if (waited > 200 || worst > 0.06) good = 0;
    else if (++good > patience(line) && step + 1 < STEPS.length) {
      if (step && !carries(STEPS[step + 1], NEARLY[step])) return;
      good = 0;
      step += 1;
    }
  };

  const round = async () => {
    if (peer.pc.connectionState !== "connected" || (++rounds > HURRY.until && rounds % 2)) return;
    const [last, now] = [before, await read()];
    before = now;
    if (!last) return apply();
    const line = measure(now, last);
    peer.say({ concealed: line.concealed });
    if (!isCut(line) && rounds >= HURRY.from) climb(line);
    step = Math.min(step, ceiling());
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
