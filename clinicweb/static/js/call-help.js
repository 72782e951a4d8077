// What helps in a call: why it does not connect, what is told of it; a photo where no screen can be shared; a blurred room.
(() => {
  const find = (name) => document.getElementById(name);
  const root = find("call");
  const box = find("trouble");
  const form = find("trouble-form");
  const PATIENCE = 25000;
  let look = {}, since = null, hasSocket = true, blurs = false;

  document.body.addEventListener("live:line", ({ detail }) => (hasSocket = detail.open));

  // Of several causes the one that its reader can do most about.
  const causeOf = ({ other, media, isMute }) =>
    !navigator.onLine || !hasSocket ? "offline"
    : !window.RTCPeerConnection || !navigator.mediaDevices ? "browser"
    : !other ? "alone"
    : isMute(media) ? "devices"
    : "blocked";
  const isMute = (media) => !media.audio && !media.video;

  const diagnose = async ({ pc, media, other, relayOnly }) => {
    const told = {
      online: navigator.onLine ? "yes" : "no", socket: hasSocket ? "yes" : "no", other: other ? "yes" : "no",
      relay_only: relayOnly ? "yes" : "no", network: navigator.connection?.effectiveType,
      waited: since === null ? 0 : Math.round((Date.now() - since) / 1000),
    };
    for (const [name, track] of [["microphone", media.audio], ["camera", media.video]]) told[name] = !track ? "none" : track.enabled ? "on" : "off";
    if (!pc) return told;
    Object.assign(told, { connection: pc.connectionState, ice: pc.iceConnectionState, gathering: pc.iceGatheringState, signals: pc.signalingState });
    for (const { type, candidateType } of (await pc.getStats()).values()) {
      if (type === "local-candidate") told[candidateType] = (told[candidateType] ?? 0) + 1;
      if (type === "remote-candidate") told.theirs = (told.theirs ?? 0) + 1;
    }
    return told;
  };

  const show = async () => {
    const cause = causeOf({ ...look, isMute });
    for (const each of box.querySelectorAll("[data-cause]")) each.hidden = each.dataset.cause !== cause;
    // What was measured while it went well is no news any more.
    delete root.dataset.line;
    find("call-line-text").textContent = find("texts").dataset.line;
    if (box.hidden) {
      box.hidden = false;
      find("trouble-title").focus({ preventScroll: true });
    }
    form.elements.cause.value = cause;
    form.elements.diagnosis.value = JSON.stringify(await diagnose(look));
  };

  // Every few seconds the call says how it stands.
  root.addEventListener("call:look", ({ detail }) => {
    look = detail;
    showBlur(detail.media.video);
    const isFine = detail.status !== "answered" || detail.pc?.connectionState === "connected";
    if (isFine) {
      since = null;
      box.hidden = true;
      return;
    }
    since ??= Date.now();
    if (Date.now() - since >= PATIENCE) show();
  });

  find("trouble-chat")?.addEventListener("click", () => {
    box.hidden = true;
    since = Date.now();
    if (find("call-chat").hidden) find("call-talk").click();
  });

  // Telephones share no screen: what is to be seen is photographed and sent.
  const photo = find("call-photo");
  if (photo) {
    photo.hidden = !!navigator.mediaDevices?.getDisplayMedia;
    photo.addEventListener("click", () => {
      if (find("call-chat").hidden) find("call-talk").click();
      const attach = find("call-chat").querySelector("details.attach");
      attach.open = true;
      attach.querySelector("[type=file]").click();
    });
  }

  // The browser's own, where it has one: nothing of ours could do it on a telephone.
  const blur = find("call-blur");
  const showBlur = (track) => {
    const can = track?.getCapabilities?.().backgroundBlur?.includes(true) ?? false;
    blur.hidden = !can;
    if (can && blurs !== !!track.getSettings().backgroundBlur) track.applyConstraints({ backgroundBlur: blurs }).catch(() => {});
  };
  blur.addEventListener("click", () => {
    blurs = !blurs;
    blur.setAttribute("aria-pressed", `${blurs}`);
    showBlur(look.media?.video);
  });
})();
