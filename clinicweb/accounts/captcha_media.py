"""Digits as a picture and as a sound: a person makes them out, a simple program does not."""

import secrets
from functools import cache
from io import BytesIO
from pathlib import Path

from captcha.audio import WAVE_SAMPLE_RATE, AudioCaptcha, create_silence, mix_wave
from captcha.image import ImageCaptcha
from PIL import ImageOps

WIDTH, HEIGHT = 240, 80
_FONT_SIZES = (40, 44, 48)
_OVERLAP = 0.05  # of a digit's width: those with weak eyes are to tell them apart
_GREYS = 8  # enough for smooth edges; a fifth of the bytes
_VOICES = Path(__file__).parent / "voices"
_PAUSES = (0.3, 0.6)  # seconds between digits
# Samples are bytes around 128: any byte as a faint hiss, a voice at a fifth of its loudness.
_HISS = bytes(127 + value % 3 for value in range(256))
_SOFT = bytes(round(128 + (value - 128) / 5) for value in range(256))


def draw(digits: str) -> bytes:
    """A PNG of about 2 KB: black on white, turned, bent and dotted anew each time."""
    # The library takes the brightness of the ink for its strength: so white on black, inverted.
    drawing = ImageCaptcha(WIDTH, HEIGHT, font_sizes=_FONT_SIZES)
    drawing.word_offset_dx = _OVERLAP
    drawn = drawing.generate_image(digits, bg_color=(0, 0, 0), fg_color=(255, 255, 255))
    file = BytesIO()
    ImageOps.invert(drawn.convert("L")).quantize(_GREYS).save(file, "png", optimize=True)
    return file.getvalue()


def speak(digits: str, language: str) -> bytes:
    """A WAV of about 50 KB: the digits in *language*, over a murmur."""
    return bytes(_voice(language).generate(digits))


@cache
def _voice(language: str) -> "_Voice":
    voice = _Voice(str(_VOICES / language))
    voice.load()
    return voice


class _Voice(AudioCaptcha):
    """Ours pauses less than the library's: half a minute is long, and heavy on a bad line."""

    def create_wave_body(self, chars: str) -> bytearray:
        spoken = bytearray(create_silence(WAVE_SAMPLE_RATE // 4))
        for digit in chars:
            shortest, longest = (int(WAVE_SAMPLE_RATE * seconds) for seconds in _PAUSES)
            pause = shortest + secrets.randbelow(longest - shortest)
            spoken += self._twist_pick(digit) + create_silence(pause)
        return mix_wave(spoken, self.create_background_noise(len(spoken), chars))

    def create_background_noise(self, length: int, _chars: str) -> bytearray:
        """Voices from the back, softly, without an end; and quicker made than the library's."""
        murmur = bytearray(secrets.token_bytes(length).translate(_HISS))
        at = 0
        while at < length:
            voice = bytearray(reversed(secrets.choice(self._cache[secrets.choice(self.choices)])))
            piece = voice.translate(_SOFT)[: length - at]
            murmur[at : at + len(piece)] = piece
            at += len(piece) + secrets.randbelow(WAVE_SAMPLE_RATE // 5)
        return murmur
