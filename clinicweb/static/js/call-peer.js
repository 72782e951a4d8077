// Two browsers find each other and stay together: perfect negotiation, trickled candidates, ICE restarts.
//
// One of the two (the caller) offers; the other takes the lines of that offer for its own media.  Both may ask for a
// new way at any time; where their offers cross, the polite one gives in.  A page that was loaded anew has another run:
// whoever hears of it begins anew as well.
const TRICKLE = 60;

// What the other one's codec must do for us: Opus repairs losses by itself and is quiet in silence; video begins small.
const tuned = (sdp) =>
  sdp.replace(/^a=rtpmap:(\d+) opus\/48000.*$/im, (line, id) => {
    const known = new RegExp(`^a=fmtp:${id} .*$`, "im");
    return known.test(sdp) ? line : `${line}\r\na=fmtp:${id} useinbandfec=1`;
  }).replace(/^(a=fmtp:\d+ .*useinbandfec=1.*)$/im, "$1;usedtx=1;stereo=0;maxaveragebitrate=32000");

const preferred = (transceiver, kind, wanted) => {
  const { codecs } = RTCRtpReceiver.getCapabilities?.(kind) ?? {};
  const found = codecs?.filter(({ mimeType }) => wanted.includes(mimeType.toLowerCase()));
  if (found?.length) transceiver.setCodecPreferences?.(found);
};

export const connect = ({ polite, config, tell, media, onTrack, onState, onWord }) => {
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
    const video = pc.addTransceiver("video", { direction: "sendrecv" });
    preferred(audio, "audio", ["audio/opus"]);
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
