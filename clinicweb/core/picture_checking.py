"""The program that draws a picture anew, upright, smaller, and without what else was in it."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from clinicweb.core.checking import DAMAGED, MADE, PREVIEW, TOO_MANY_PIXELS, Refused, run

LONGEST_PIXELS = 40_000_000
LONGEST_SIDE = 2048
PREVIEW_SIDE = 480
PREVIEW_BYTES = 20_000

# What the decoder may hold; with all else it makes 64 MB.
_DECODED_BYTES = 49_000_000
_DECODED_PIXEL_BYTES = 4
_WEBP_PIXEL_BYTES = 12  # it keeps two canvases of its own
_STRIP = 32
_ORIENTATION = 0x0112
# Side and quality, tried until one is small enough.
_PREVIEWS = ((PREVIEW_SIDE, 60), (PREVIEW_SIDE, 35), (320, 30), (160, 20), (64, 1))


def look(path: Path, folder: Path) -> dict[str, Any]:
    """Raises: ``Refused``; whatever Pillow raises about what is none."""
    upright = _turned(*_reduced_of(path))
    upright.save(folder / MADE, "JPEG", quality=85)
    _save_preview(upright, folder / PREVIEW)
    return {"width": upright.width, "height": upright.height}


def _reduced_of(path: Path) -> tuple[Image.Image, int]:
    """The picture no larger than needed, and how the camera was held; the large one is gone."""
    Image.MAX_IMAGE_PIXELS = None  # asked here, with a reason
    with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as picture:
        if picture.width * picture.height > LONGEST_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        _prepare(picture)
        return _reduced(picture), picture.getexif().get(_ORIENTATION, 1)


def _prepare(picture: Image.Image) -> None:
    """Have it decoded no larger than memory allows."""
    if isinstance(picture, JpegImageFile):
        held = _coefficient_bytes(picture)
        for scale in (1, 2, 4, 8):
            pixels = picture.width * picture.height / scale**2
            if held + pixels * _DECODED_PIXEL_BYTES <= _DECODED_BYTES:
                picture.draft("RGB", (picture.width // scale, picture.height // scale))
                return
        raise Refused(TOO_MANY_PIXELS)
    each = _WEBP_PIXEL_BYTES if picture.format == "WEBP" else _DECODED_PIXEL_BYTES
    if picture.width * picture.height * each > _DECODED_BYTES:
        raise Refused(TOO_MANY_PIXELS)


def _coefficient_bytes(picture: JpegImageFile) -> int:
    """A progressive one is kept whole by its decoder, at its full size."""
    if not picture.info.get("progressive"):
        return 0
    samples = [across * down for _name, across, down, _table in picture.layer]
    return 2 * picture.width * picture.height * sum(samples) // max(samples)


def _reduced(picture: Image.Image) -> Image.Image:
    """
    In plain colours on white, no longer than ``LONGEST_SIDE``.

    Strip by strip: Pillow's own way holds another large picture in between.
    """
    scale = max(picture.width / LONGEST_SIDE, picture.height / LONGEST_SIDE, 1.0)
    width, height = (max(1, round(side / scale)) for side in picture.size)
    paper = Image.new("RGB", (width, height), "white")
    for top in range(0, height, _STRIP):
        rows = min(_STRIP, height - top)
        first, last = (edge * picture.height / height for edge in (top, top + rows))
        strip = picture.crop((0, int(first), picture.width, min(int(last) + 1, picture.height)))
        seen = strip.convert("RGBA" if strip.has_transparency_data else "RGB")
        box = (0.0, first - int(first), float(picture.width), last - int(first))
        piece = seen.resize((width, rows), Image.Resampling.BOX, box)
        paper.paste(piece, (0, top), piece.getchannel("A") if piece.mode == "RGBA" else None)
    return paper


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    """*picture* as whoever took it saw it."""
    picture.getexif()[_ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(picture)
    upright.info.clear()
    upright.getexif().clear()
    return upright


def _save_preview(picture: Image.Image, path: Path) -> None:
    small = picture.copy()
    for side, quality in _PREVIEWS:
        small.thumbnail((side, side))
        small.save(path, "WEBP", quality=quality, method=4)
        if path.stat().st_size <= PREVIEW_BYTES:
            return
    raise Refused(DAMAGED)


if __name__ == "__main__":
    run(look)
