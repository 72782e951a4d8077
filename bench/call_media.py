"""What cameras and microphones of benchmarked calls take: a head that moves, senseless words."""

import math
import random
import struct
import wave
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_RATE, _SECONDS = 16_000, 12
_SIZE, _FRAMES, _A_SECOND = (640, 480), 48, 24


def write_voice(path: Path) -> None:
    """Syllables of four formants on a gliding pitch, in phrases with a breath between them."""
    chance = random.Random(7)  # noqa: S311
    samples: list[float] = []
    while len(samples) < _RATE * _SECONDS:
        for _ in range(chance.randint(4, 9)):
            samples += _syllable(chance)
        samples += [0.0] * int(_RATE * chance.uniform(0.25, 0.6))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, _RATE, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", int(9000 * one)) for one in samples))


def _syllable(chance: random.Random) -> list[float]:
    length = int(_RATE * chance.uniform(0.12, 0.24))
    pitch, glide = chance.uniform(100, 140), chance.uniform(-25, 25)
    formants = [(chance.uniform(*span)) for span in ((300, 800), (900, 2200), (2300, 3000))]
    harmonics = [
        (n, sum(1 / (1 + ((n * pitch - f) / 90) ** 2) for f in formants)) for n in range(1, 26)
    ]
    made, phase = [], 0.0
    for at in range(length):
        phase += 2 * math.pi * (pitch + glide * at / length) / _RATE
        tone = sum(weight * math.sin(n * phase) for n, weight in harmonics)
        made.append(math.sin(math.pi * at / length) * (tone / 2.5 + chance.gauss(0, 0.03)))
    return made


def write_picture(path: Path) -> None:
    """A head that nods and speaks before a shelf, in the grain of a cheap camera; as YUV4MPEG2."""
    shelf = Image.effect_noise(_SIZE, 90).filter(ImageFilter.GaussianBlur(3))
    grains = [Image.effect_noise(_SIZE, 9) for _ in range(4)]
    colour = bytes([118]) * (_SIZE[0] * _SIZE[1] // 4) + bytes([138]) * (_SIZE[0] * _SIZE[1] // 4)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{_SIZE[0]} H{_SIZE[1]} F{_A_SECOND}:1 Ip A1:1 C420\n".encode())
        for number in range(_FRAMES):
            grey = _head(shelf.copy(), 2 * math.pi * number / _FRAMES)
            grainy = ImageChops.add(grey, grains[number % 4], offset=-128)
            file.write(b"FRAME\n" + grainy.tobytes() + colour)


def _head(picture: Image.Image, turn: float) -> Image.Image:
    draw = ImageDraw.Draw(picture)
    x, y = 320 + 40 * math.sin(turn), 230 + 14 * math.sin(2 * turn)
    draw.rounded_rectangle((x - 190, y + 140, x + 190, 520), 80, fill=70)
    draw.ellipse((x - 100, y - 135, x + 100, y + 145), fill=185)
    draw.pieslice((x - 108, y - 150, x + 108, y + 60), 180, 360, fill=45)
    for side in (-40, 40):
        draw.ellipse((x + side - 16, y - 24, x + side + 16, y - 6), fill=30)
    opened = 8 + 14 * abs(math.sin(6 * turn))
    draw.ellipse((x - 34, y + 75 - opened, x + 34, y + 75 + opened), fill=60)
    return picture
