"""
Calls over bad lines: what one hears and sees, ours against the same page with the defaults.

``python -m bench.video [KBIT/LOSS ...]`` prints a table.  Two Chromium in network namespaces of
their own are in a call over an emulated line (``bench.emulated_line``): so many kbit/s each way,
150 ms there and back, so many per cent lost, a queue of half a second.  Each cell is a new call,
begun on that line, and measured once it has found its pace; the worse of the two sides counts.
Some lines are then cut for ten seconds: how soon both hear, and see, the other one again.

The defaults are our page whose settings for codecs and rates a script of this benchmark undoes.
Needs root, ``ip`` and /dev/net/tun.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

from playwright.sync_api import Page

from bench.call_clinic import Clinic, open_clinic

KBITS = (1000, 512, 256, 128, 64)
LOSSES = (0, 2, 5)
VOICE_ALONE = 32
ONE_WAY_MS, CUT_SECONDS = 75, 10
SETTLE_SECONDS, MEASURED_SECONDS = 9, 8
CUT_LINES = ((512, 2), (128, 2), (64, 2), (VOICE_ALONE, 2))
PATIENCE_SECONDS = 30
HEAD = (
    "kbit/s",
    "loss %",
    "page",
    "concealed %",
    "fps",
    "picture",
    "still s",
    "heard s",
    "seen s",
    "load",
)
WIDTHS = (6, 7, 9, 12, 6, 10, 8, 8, 8, 6)
_NAMES = "CLINICWEB_BENCH_NAMESPACES"

# What our page settles about codecs and rates, undone.
DEFAULTS = """
RTCRtpSender.prototype.setParameters = async () => {};
RTCRtpTransceiver.prototype.setCodecPreferences = () => {};
const { addTransceiver, setRemoteDescription } = RTCPeerConnection.prototype;
RTCPeerConnection.prototype.addTransceiver = function (kind, { direction }) {
  return addTransceiver.call(this, kind, { direction });
};
RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
  const plain = sdp.replace(/^(a=fmtp:111).*/m, "$1 minptime=10;useinbandfec=1")
    .replace(/^a=(ptime|fmtp:[0-9]+ x-google).*\\r\\n/gm, "");
  return setRemoteDescription.call(this, { type, sdp: plain });
};
"""
NO_CAMERA = """
const get = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = function (wanted) {
  if (wanted.video) return Promise.reject(new DOMException("", "NotAllowedError"));
  return get.call(this, wanted);
};
"""
# Ten times a second: how many pictures and words have come.  Freezes are seen by it.
WATCH = """() => {
  const seen = (window.seen = []);
  window.read = async () => {
    const found = { at: performance.now(), frames: 0, packets: 0 };
    for (const one of (await window.kept.at(-1).getStats()).values()) {
      if (one.type !== "inbound-rtp") continue;
      if (one.kind === "video") {
        Object.assign(found, { width: one.frameWidth, height: one.frameHeight });
        found.frames = one.framesDecoded ?? 0;
      } else {
        found.concealed = one.concealedSamples - one.silentConcealedSamples;
        Object.assign(found, { packets: one.packetsReceived, samples: one.totalSamplesReceived });
      }
    }
    return found;
  };
  setInterval(async () => seen.push(await window.read()), 100);
}"""


@dataclass(frozen=True, slots=True)
class Cell:
    kbit: int
    loss: int
    is_ours: bool

    @property
    def script(self) -> str:
        return ("" if self.is_ours else DEFAULTS) + (NO_CAMERA if self.is_voice_alone else "")

    @property
    def is_voice_alone(self) -> bool:
        return self.kbit <= VOICE_ALONE

    @property
    def is_cut(self) -> bool:
        return (self.kbit, self.loss) in CUT_LINES


@dataclass(frozen=True, slots=True)
class Found:
    """
    Of the worse side.  Concealed in per cent; ``frozen``: the longest still picture, in seconds.

    ``back``: seconds after a cut until both hear, and until both see, the other one again.
    """

    concealed: float
    frames: float
    size: str
    frozen: float
    back: dict[str, float]


def measure(clinic: Clinic, cell: Cell) -> Found:
    with clinic.call(cell.script, kbit=cell.kbit, loss=cell.loss, delay_ms=ONE_WAY_MS) as pages:
        for page in pages:
            page.evaluate(WATCH)
        time.sleep(SETTLE_SECONDS)
        first = [page.evaluate("read()") for page in pages]
        time.sleep(MEASURED_SECONDS)
        last = [page.evaluate("read()") for page in pages]
        seen = [page.evaluate("seen") for page in pages]
        back = _come_back(clinic, pages, cell) if cell.is_cut else {}
    both = [_side(*one) for one in zip(first, last, seen, strict=True)]
    worse = min(both, key=lambda one: one[1])
    return Found(
        concealed=max(one[0] for one in both),
        frames=worse[1],
        size=worse[2],
        frozen=max(one[3] for one in both),
        back=back,
    )


def _side(
    first: dict[str, Any], last: dict[str, Any], seen: list[dict[str, Any]]
) -> tuple[float, float, str, float]:
    seconds = (last["at"] - first["at"]) / 1000
    concealed = (last["concealed"] - first["concealed"]) / (last["samples"] - first["samples"])
    moved = [now["at"] for before, now in pairwise(seen) if now["frames"] > before["frames"]]
    moved = [first["at"], *(at for at in moved if first["at"] < at < last["at"]), last["at"]]
    frozen = max(b - a for a, b in pairwise(moved)) / 1000
    size = f"{last['width']}×{last['height']}" if last.get("width") else "–"
    return concealed * 100, (last["frames"] - first["frames"]) / seconds, size, frozen


def _come_back(clinic: Clinic, pages: list[Page], cell: Cell) -> dict[str, float]:
    clinic.line.be(kbit=0)
    time.sleep(CUT_SECONDS)
    before = [page.evaluate("read()") for page in pages]
    clinic.line.be(kbit=cell.kbit)
    began, found = time.monotonic(), {}
    wanted = {"packets"} if cell.is_voice_alone else {"packets", "frames"}
    while wanted - found.keys() and time.monotonic() < began + PATIENCE_SECONDS:
        now = [page.evaluate("read()") for page in pages]
        for name in wanted - found.keys():
            if all(_grew(old[name], new[name]) for old, new in zip(before, now, strict=True)):
                found[name] = time.monotonic() - began
        time.sleep(0.1)
    return dict.fromkeys(wanted, PATIENCE_SECONDS) | found


def _grew(old: int, new: int) -> bool:
    """Browsers count anew when they negotiate anew."""
    return new > old or 0 < new < old


def _row(cell: Cell, found: Found) -> str:
    seen = [f"{found.frames:.1f}", found.size, f"{found.frozen:.1f}"]
    back = [
        f"{found.back[name]:.1f}" if name in found.back else "–" for name in ("packets", "frames")
    ]
    words = [f"{cell.kbit}", f"{cell.loss}", "ours" if cell.is_ours else "default"]
    words += [f"{found.concealed:.2f}", *(["–"] * 3 if cell.is_voice_alone else seen), *back]
    return _line(*words, f"{os.getloadavg()[0]:.1f}")


def _line(*words: str) -> str:
    return "".join(f"{word:>{width}}" for word, width in zip(words, WIDTHS, strict=True))


def inside(first: str, second: str) -> None:
    """In the first namespace."""
    wanted = [tuple(map(int, word.split("/"))) for word in sys.argv[1:]]
    lines = wanted or [(kbit, loss) for kbit in (*KBITS, VOICE_ALONE) for loss in LOSSES]
    with open_clinic(first, second) as clinic:
        print(_line(*HEAD), flush=True)
        for (kbit, loss), is_ours in product(lines, (True, False)):
            cell = Cell(kbit, loss, is_ours)
            print(_row(cell, measure(clinic, cell)), flush=True)


def main() -> int:
    if names := os.environ.get(_NAMES, "").split():
        inside(*names)
        return 0
    names = [f"cw{os.getpid()}{side}" for side in "ab"]
    try:
        for name in names:
            subprocess.run(["ip", "netns", "add", name], check=True)
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        command = ["ip", "netns", "exec", names[0], sys.executable, "-m", "bench.video"]
        environment = os.environ | {_NAMES: " ".join(names)}
        return subprocess.run([*command, *sys.argv[1:]], env=environment, check=False).returncode
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False)


if __name__ == "__main__":
    sys.exit(main())
