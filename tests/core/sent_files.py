"""Files as people send them, and those who mean harm: all are made here."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
from PIL import Image

from clinicweb.core import file_kinds
from clinicweb.core.file_kinds import DAMAGED, EMPTY, HAS_FILES, LOCKED, UNKNOWN

# The harmless file that every scanner takes for a virus; in two parts, so that this one is none.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPT = b"<script>alert(1)</script>"
PAGE = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"

Made = Callable[[], bytes]


@cache
def picture(kind: str = "JPEG", width: int = 64, height: int = 48, **options: object) -> bytes:
    """Red on its left half, blue on its right."""
    drawn = Image.new("RGB", (width, height), "red")
    drawn.paste((0, 0, 255), (width // 2, 0, width, height))
    return saved(drawn, kind, **options)


def saved(drawn: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    drawn.save(file, kind, **options)
    return file.getvalue()


def noisy(width: int, height: int) -> bytes:
    """What costs a preview most."""
    return saved(Image.effect_noise((width, height), 90).convert("RGB"), "JPEG", quality=70)


def located() -> bytes:
    """A picture taken with the telephone on its side, with the place where it was."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telefono-de-Ana"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 26.0, 16.0)})
    return picture(exif=exif.tobytes(), comment=b"casa de Ana")


def document(change: Callable[[pikepdf.Pdf], None] = lambda _: None, **options: object) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        change(made)
        made.save(file, **options)  # type: ignore[arg-type]
    return file.getvalue()


def acting(made: pikepdf.Pdf) -> None:
    """A PDF that runs a script when it is opened, and a program when its page is pressed."""
    name = pikepdf.Name
    script = pikepdf.Dictionary(S=name.JavaScript, JS="app.alert(1)")
    start = pikepdf.Dictionary(S=name.Launch, F="cmd.exe")
    pressed = pikepdf.Dictionary(Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], A=start)
    made.Root.OpenAction = script
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=["x", made.make_indirect(script)])
    )
    made.pages[0].Annots = pikepdf.Array([pressed])
    made.pages[0].AA = pikepdf.Dictionary(O=script)


def carrying(made: pikepdf.Pdf) -> None:
    made.attachments["factura.exe"] = b"MZ"


def _png_part(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def huge_picture() -> bytes:
    """A PNG of 900 megapixels in about 110 KB."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(30_000 * (1 + 30_000 // 8)), 9)
    parts = (_png_part(b"IHDR", head), _png_part(b"IDAT", rows), _png_part(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def lying_picture() -> bytes:
    """A PNG that says it is small, and whose one row never ends."""
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(50_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + _png_part(b"IHDR", head) + _png_part(b"IDAT", rows)


def archive(**contents: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in contents.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def office() -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<w/>"})


def bomb() -> bytes:
    return archive(zeros=bytes(10_000_000))


def portable(text: str) -> Made:
    return lambda: text.encode("utf-16")


def plain(content: bytes) -> Made:
    return lambda: content


TAKEN: dict[str, tuple[Made, str]] = {
    "a photo": (picture, "jpg"),
    "a screenshot": (lambda: picture("PNG"), "jpg"),
    "a picture from the web": (lambda: picture("WEBP"), "jpg"),
    "a photo with its place": (located, "jpg"),
    "a PDF": (document, "pdf"),
    "a PDF with scripts": (lambda: document(acting), "pdf"),
    "a PDF with a page behind it": (lambda: document() + PAGE * 50, "pdf"),
    "a PDF with an archive behind it": (lambda: document() + bomb(), "pdf"),
    "a picture with a page behind it": (lambda: picture("PNG") + PAGE, "jpg"),
    "a photo with PHP behind it": (lambda: picture() + b"<?php system($_GET[1]); ?>", "jpg"),
    "a photo with PHP in its comment": (lambda: picture(comment=b"<?php x(); ?>"), "jpg"),
    "a photo with an archive behind it": (lambda: picture() + archive(a=b"a"), "jpg"),
    "a photo named as a PDF": (picture, "jpg"),
    "a photo in greys": (lambda: saved(Image.new("L", (9, 9)), "JPEG"), "jpg"),
    "a photo in printer's colours": (lambda: saved(Image.new("CMYK", (9, 9)), "JPEG"), "jpg"),
    "a drawing with holes": (lambda: saved(Image.new("LA", (9, 9)), "PNG"), "jpg"),
    "a drawing with few colours": (lambda: saved(Image.new("P", (9, 9)), "PNG"), "jpg"),
    "a picture of one row": (lambda: picture("PNG", 4000, 1), "jpg"),
    "a PNG whose row never ends": (lying_picture, "jpg"),
    "a photo of 12 megapixels": (lambda: picture(width=4032, height=3024), "jpg"),
}

REFUSED: dict[str, tuple[Made, str]] = {
    "nothing": (plain(b""), EMPTY),
    "one byte": (plain(b"%"), UNKNOWN),
    "blanks": (plain(b" " * 300), UNKNOWN),
    "a text": (plain(b"hola"), UNKNOWN),
    "a page": (plain(PAGE), UNKNOWN),
    "a page in UTF-16": (portable(PAGE.decode()), UNKNOWN),
    "a page in UTF-7": (plain(b"+ADw-script+AD4-alert(1)"), UNKNOWN),
    "a page with %PDF further down": (plain(PAGE.ljust(200) + b"%PDF-1.7\n"), UNKNOWN),
    "a PDF behind a blank": (lambda: b" " + document(), UNKNOWN),
    "a GIF that is a script": (plain(b"GIF89a/*" + bytes(6) + b"*/=1;alert(1)//;"), UNKNOWN),
    "a drawing with a script": (plain(SVG), UNKNOWN),
    "the same with its declaration": (plain(b'<?xml version="1.0"?>' + SVG), UNKNOWN),
    "XML": (plain(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), UNKNOWN),
    "a letter of Office": (office, UNKNOWN),
    "a program of Java": (lambda: archive(**{"META-INF__MANIFEST.MF": b"Main-Class: A"}), UNKNOWN),
    "an archive of 1000 to 1": (bomb, UNKNOWN),
    "an archive in an archive": (lambda: archive(a=bomb()), UNKNOWN),
    "a study that is a program": (plain(b"MZ".ljust(128, b"\0") + b"DICM"), UNKNOWN),
    "a program of Linux": (plain(b"\x7fELF" + bytes(300)), UNKNOWN),
    "a script of a shell": (plain(b"#!/bin/sh\nrm -rf /\n"), UNKNOWN),
    "PHP": (plain(b"<?php system($_GET[1]); ?>"), UNKNOWN),
    "the sample virus": (plain(EICAR), UNKNOWN),
    "an old letter of Office": (plain(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), UNKNOWN),
    "a film": (plain(b"\0\0\0\x18ftypmp42" + bytes(300)), UNKNOWN),
    "a photo of a new telephone": (
        plain(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300)), file_kinds.NO_PHOTO_OF_APPLE
    ),
    "PostScript": (plain(b"%!PS-Adobe-3.0\n"), UNKNOWN),
    "GIF": (lambda: saved(Image.new("P", (9, 9)), "GIF"), UNKNOWN),
    "TIFF": (lambda: saved(Image.new("RGB", (9, 9)), "TIFF"), UNKNOWN),
    "BMP": (lambda: saved(Image.new("RGB", (9, 9)), "BMP"), UNKNOWN),
    "a PNG of 900 megapixels": (huge_picture, file_kinds.TOO_MANY_PIXELS),
    "half a photo": (lambda: picture()[: len(picture()) // 2], DAMAGED),
    "the head of a photo": (plain(b"\xff\xd8\xff\xe0" + PAGE), DAMAGED),
    "the head of a PNG": (plain(b"\x89PNG\r\n\x1a\n" + PAGE), DAMAGED),
    "the head of a WebP": (plain(b"RIFF\0\0\0\0WEBPVP8 " + PAGE), DAMAGED),
    "the head of a PDF": (plain(b"%PDF-1.7\n" + PAGE), DAMAGED),
    "a PDF without pages": (lambda: document(lambda made: made.pages.__delitem__(0)), DAMAGED),
    "a PDF of 30,000 objects": (
        lambda: document(
            lambda made: made.Root.__setitem__(
                "/X", pikepdf.Array([made.make_indirect(pikepdf.Array()) for _ in range(30_000)])
            ),
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        ),
        DAMAGED,
    ),
    "a PDF with a password": (
        lambda: document(encryption=pikepdf.Encryption(user="a", owner="b")), LOCKED
    ),
    "a protected PDF": (
        lambda: document(encryption=pikepdf.Encryption(user="", owner="b")), LOCKED
    ),
    "a PDF with files in it": (lambda: document(carrying), HAS_FILES),
}  # fmt: skip


def files_in(folder: Path) -> list[Path]:
    """All that lie in *folder*, however deep."""
    return [path for path in folder.rglob("*") if path.is_file()]
