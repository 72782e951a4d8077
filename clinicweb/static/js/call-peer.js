// Two browsers find each other and stay together: perfect negotiation, trickled candidates, ICE restarts.
//
// One of the two (the caller) offers; the other takes the lines of that offer for its own media.  Both may ask for a
// new way at any time; where their offers cross, the polite one gives in.  A page that was loaded anew has another run:
// whoever hears of it begins anew as well.
const TRICKLE = 60;

// What is sent to the other one, as it would have asked for it.  Sixty milliseconds a packet: at 32 kbit/s the heads of
// packets would take half of the line, and each packet carries the one before it (RED) where both know how.  Who does
// not gets Opus that repairs losses by itself.  Quiet in silence; video begins small.
const tuned = (sdp) => {
  const idOf = (codec) => sdp.match(new RegExp(`^a=rtpmap:(\\d+) ${codec}/`, "im"))?.[1];
  const opus = idOf("opus");
  const asked = { useinbandfec: idOf("red") ? 0 : 1, usedtx: 1, stereo: 0, maxaveragebitrate: 32000 };
  const settings = Object.entries(asked).map((pair) => pair.join("=")).join(";");
  return sdp
    .replace(new RegExp(`^a=fmtp:${opus} .*\r\n`, "gim"), "")
    .replace(new RegExp(`^a=rtpmap:${opus} .*$`, "im"), `$&\r\na=fmtp:${opus} minptime=10;${settings}\r\na=ptime:60`)
    .replace(/^a=rtpmap:(\d+) VP8\/.*$/im, "$&\r\na=fmtp:$1 x-google-start-bitrate=100;x-google-min-bitrate=46");
};

const preferred = (transceiver, kind, wanted) => {
  const codecs = RTCRtpReceiver.getCapabilities?.(kind)?.codecs ?? [];
  const found = wanted.flatMap((name) => codecs.filter(({ mimeType }) => mimeType.toLowerCase() === name));
  if (found.length) transceiver.setCodecPreferences?.(found);
};

export const connect = ({ polite, config, tell, media, first, onTrack, onState, onWord, onLines }) => {
  const pc = new RTCPeerConnection({ ...config, bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
  const words = pc.createDataChannel("words", { negotiated: true, id: 0 });
  let making = false, ignoring = false, isClosed = false;
  let gathered = [], early = [], timer = null, chain = Promise.resolve();

  const lineOf = (kind) => pc.getTransceivers().find((one) => one.receiver.track.kind === kind && !one.stopped);

  const attach = async () => {
    for (const kind of ["audio", "video"]) {
      const line = lineOf(kind);
      if (!line) continue;
      if (line.direction !== "sendrecv") line.direction = "sendrecv";
      if (line.sender.track !== (media[kind] ?? null)) await line.sender.replaceTrack(media[kind] ?? null);
    }
  };

  const offer = async () => {
    try {
      making = true;
      await pc.setLocalDescription();
      tell("description", pc.localDescription);
    } finally {
      making = false;
    }
  };

  pc.onnegotiationneeded = () => {
    // The polite one has nothing to offer before the other has drawn the lines.
    if (!isClosed && (!polite || pc.remoteDescription)) offer().catch(console.warn);
  };
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    gathered.push({ candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex });
    timer ??= setTimeout(() => {
      timer = null;
      while (gathered.length) tell("candidates", gathered.splice(0, 20));
    }, TRICKLE);
  };
  pc.ontrack = ({ track }) => onTrack(track);
  pc.onconnectionstatechange = () => onState(pc.connectionState);
  words.onmessage = ({ data }) => {
    try {
      onWord(JSON.parse(data));
    } catch {
      // no word of ours
    }
  };
  words.onopen = () => onState(pc.connectionState);

  const describe = async (description) => {
    const crosses = description.type === "offer" && (making || pc.signalingState !== "stable");
    ignoring = !polite && crosses;
    if (ignoring || (description.type === "answer" && pc.signalingState !== "have-local-offer")) return;
    await pc.setRemoteDescription({ type: description.type, sdp: tuned(description.sdp) });
    for (const one of early.splice(0)) await pc.addIceCandidate(one).catch(() => {});
    if (description.type !== "offer") return;
    await attach();
    await onLines();
    await pc.setLocalDescription();
    tell("description", pc.localDescription);
  };

  const hear = async (kind, data) => {
    if (kind === "description") return describe(data);
    for (const one of data) {
      if (!pc.remoteDescription) early.push(one);
      else await pc.addIceCandidate(one).catch((error) => ignoring || console.warn("candidate", error.name));
    }
  };

  if (!polite) {
    const audio = pc.addTransceiver("audio", { direction: "sendrecv" });
    const video = pc.addTransceiver("video", { direction: "sendrecv", sendEncodings: [first] });
    preferred(audio, "audio", ["audio/red", "audio/opus"]);
    preferred(video, "video", ["video/vp8", "video/rtx"]);
    attach();
  }

  return {
    pc,
    attach,
    lineOf,
    // One after another: a description that is being set must not be overtaken by its candidates.
    hear: (kind, data) => (chain = chain.then(() => isClosed || hear(kind, data)).catch((error) => console.warn("signal", error.name))),
    say: (word) => words.readyState === "open" && words.send(JSON.stringify(word)),
    // Another way: after the network changed, or when no answer ever came.
    restart: () => {
      if (isClosed) return;
      if (pc.signalingState === "have-local-offer") tell("description", pc.localDescription);
      else pc.restartIce();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      pc.close();
    },
  };
};
