"""Pictures of every kind that cameras, telephones and programs write: made on the spot, small, with planted words.

Each shows the same: a bright block in the upper left corner of a smooth ground, upright. Whatever personal could stand
beside the pixels holds the word `MARK`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms, PngImagePlugin

MARK = "Zebulon"
WIDTH, HEIGHT = 96, 64
_XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{MARK}</dc:creator></x:xmpmeta>'.encode()

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Odd:
    """How a picture is made, and what must be kept: frames, bits a sample, transparency; tolerance in 8-bit levels."""

    make: Callable[[], bytes]
    frames: int = 1
    bits: int = 8
    alpha: bool = False
    tolerance: float = 6.0
    grey: bool = False
    durations: Sequence[int] = ()
    colours: int = 3
    written: str = ""  # media type, where it is not that of the input


_CLEAR = np.full((HEIGHT, WIDTH), 255, np.uint8)
_CLEAR[-8:, :16] = 128  # the lower left corner, half


def shown(*, grey: bool = False) -> Array:
    """What every picture shows, (h, w, 3) uint8."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    rgb = np.stack([40 + x, 60 + y, 100 + (x + y) // 4], axis=2).astype(np.uint8)
    rgb[: HEIGHT // 4, : WIDTH // 4] = (240, 230, 220)
    if grey:
        rgb = np.repeat(np.asarray(Image.fromarray(rgb).convert("L"))[..., None], 3, axis=2)
    return rgb


def _image() -> Image.Image:
    return Image.fromarray(shown())


def _saved(image: Image.Image, name: str, **options: Any) -> bytes:
    sink = io.BytesIO()
    image.save(sink, name, **options)
    return sink.getvalue()


def _exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = f"{MARK} Quick"
    exif[0x010E] = MARK
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)
    exif.get_ifd(0x8825)[3] = "E"
    exif.get_ifd(0x8825)[4] = (121.0, 28.0, 25.0)
    return exif


def _stored(orientation: int, picture: Array) -> Array:
    """What a file of this EXIF orientation holds of an upright picture."""
    if orientation in {2, 3, 6, 7}:
        picture = picture[:, ::-1] if orientation in {2, 3} else picture
    match orientation:
        case 3:
            picture = picture[::-1]
        case 4:
            picture = picture[::-1]
        case 5:
            picture = picture.swapaxes(0, 1)
        case 6:
            picture = np.rot90(picture, 1)
        case 7:
            picture = np.rot90(picture, 2).swapaxes(0, 1)
        case 8:
            picture = np.rot90(picture, -1)
        case _:
            pass
    return np.ascontiguousarray(picture)


def turned(orientation: int) -> bytes:
    image = Image.fromarray(_stored(orientation, shown()))
    return _saved(image, "JPEG", quality=95, exif=_exif(orientation), comment=MARK.encode(), xmp=_XMP)


def _jpeg(**options: Any) -> bytes:
    return _saved(_image(), "JPEG", **{"quality": 95, "exif": _exif(), "comment": MARK.encode(), **options})


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def _with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def motion_photo() -> bytes:
    """With a film behind the picture, as telephones write it."""
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x40moov" + MARK.encode() * 8
    note = b"http://ns.adobe.com/xap/1.0/\0" + _XMP.replace(b"<dc", b'<GCamera:MotionPhoto="1"/><dc')
    return _with_segments(_jpeg(), _segment(0xE1, note)) + film


def thumbnail() -> bytes:
    """With an unmasked thumbnail in EXIF's second directory (EXIF 2.32, 4.5.8)."""
    small = _saved(_image().resize((32, 24)), "JPEG", comment=MARK.encode())
    first = struct.pack("<HHHII", 1, 0x0100, 3, 1, WIDTH)
    second = struct.pack("<HHHIIHHII", 2, 0x0201, 4, 1, 8 + len(first) + 4 + 30, 0x0202, 4, 1, len(small))
    tiff = b"II*\0" + struct.pack("<I", 8) + first + struct.pack("<I", 8 + len(first) + 4) + second + bytes(4) + small
    return _with_segments(_saved(_image(), "JPEG", quality=95), _segment(0xE1, b"Exif\0\0" + tiff))


def depth_map() -> bytes:
    """With a depth map behind the picture and a word in the extended XMP."""
    second = _saved(Image.new("L", (48, 32), 90), "JPEG", comment=MARK.encode())
    note = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + MARK.encode()
    return _with_segments(_jpeg(), _segment(0xE1, note), _segment(0xED, b"Photoshop 3.0\0" + MARK.encode())) + second


def several_pictures() -> bytes:
    """Multi-picture format: a second view behind the first."""
    return _saved(_image(), "MPO", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT), "red")], quality=95)


def cmyk(name: str) -> Callable[[], bytes]:
    def make() -> bytes:
        return _saved(_image().convert("CMYK"), name, **({"quality": 95} if name == "JPEG" else {}))

    return make


def private_profile() -> bytes:
    """A colour profile with a private tag that names the device's owner."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = len(profile)
    count = int.from_bytes(profile[128:132], "big")
    body = b"text\0\0\0\0" + MARK.encode() + b"\0"
    table = bytes(profile[132 : 132 + 12 * count])
    moved = b"".join(
        table[12 * index : 12 * index + 4]
        + (int.from_bytes(table[12 * index + 4 : 12 * index + 8], "big") + 12).to_bytes(4, "big")
        + table[12 * index + 8 : 12 * index + 12]
        for index in range(count)
    )
    new = b"ownr" + (at + 12).to_bytes(4, "big") + len(body).to_bytes(4, "big")
    whole = bytes(profile[:128]) + (count + 1).to_bytes(4, "big") + moved + new + bytes(profile[132 + 12 * count :])
    whole = (len(whole) + len(body)).to_bytes(4, "big") + whole[4:] + body
    return _saved(_image(), "PNG", icc_profile=whole)


def png_notes() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK)
    info.add_itxt("XML:com.adobe.xmp", _XMP.decode(), zip=True)
    info.add_text("Comment", MARK, zip=True)
    return _saved(_image(), "PNG", pnginfo=info, exif=_exif()) + MARK.encode()


def _deep() -> Array:
    """(h, w, 3) uint16 with detail below the eighth bit."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    fine = ((x * 37 + y * 11) % 256).astype(np.uint16)
    deep: Array = (shown().astype(np.uint16) << 8) + fine[..., None]
    return deep


def _png16(array: Array) -> bytes:
    """PNG by hand: 16 bits a sample, any number of channels, and a word."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[array.shape[2]]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = struct.pack(">IIBBBBB", array.shape[1], array.shape[0], 16, kind, 0, 0, 0)
    note = chunk(b"tEXt", b"Author\0" + MARK.encode())
    pixels = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + note + pixels


def _with_alpha() -> Image.Image:
    image = _image().convert("RGBA")
    cover = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cover[-16:, -16:] = 0
    image.putalpha(Image.fromarray(cover))
    return image


def tiff16(pages: int) -> Callable[[], bytes]:
    """TIFF 6.0 by hand: RGB of 16 bits, not compressed, with an artist."""

    def make() -> bytes:
        out, link = bytearray(b"II*\0\0\0\0\0"), 4
        pixels = _deep().astype("<u2").tobytes()
        for _page in range(pages):
            strip = len(out)
            out += pixels
            bits, name = len(out), len(out) + 6
            out += struct.pack("<3H", 16, 16, 16) + MARK.encode() + b"\0"
            out += bytes(len(out) % 2)
            entries = [
                (256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 3, bits), (259, 3, 1, 1), (262, 3, 1, 2),
                (273, 4, 1, strip), (277, 3, 1, 3), (278, 3, 1, HEIGHT), (279, 4, 1, len(pixels)),
                (315, 2, len(MARK) + 1, name),
            ]  # fmt: skip
            out[link : link + 4] = struct.pack("<I", len(out))
            out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *one) for one in entries)
            link = len(out)
            out += bytes(4)
        return bytes(out)

    return make


def animated(name: str, **options: Any) -> Callable[[], bytes]:
    def make() -> bytes:
        frames = [_image() for _ in range(4)]
        for index, frame in enumerate(frames):
            frame.paste((200, 40, 40), (20 + 16 * index, 40, 30 + 16 * index, 50))
        first = frames[0] if name != "GIF" else frames[0].quantize(128)
        return _saved(
            first, name, save_all=True, append_images=frames[1:], duration=[40, 80, 120, 200], loop=0, **options
        )

    return make


def pages() -> bytes:
    return _saved(_image(), "TIFF", save_all=True, append_images=[_image(), _image()], exif=_exif())


def avif10() -> bytes:
    import imagecodecs

    means: dict[str, Any] = {"primaries": 9, "transfer": 16, "matrix": 9}  # BT.2020, PQ
    return bytes(imagecodecs.avif_encode(_deep() >> 6, 95, bitspersample=10, speed=9, **means))


def jxl(*, deep: bool) -> Callable[[], bytes]:
    def make() -> bytes:
        import imagecodecs

        return bytes(imagecodecs.jpegxl_encode(_deep() if deep else shown(), distance=0.5, usecontainer=True))

    return make


def jpeg2000_12() -> bytes:
    import imagecodecs

    return bytes(imagecodecs.jpeg2k_encode(_deep() >> 4, bitspersample=12, level=0))


def _zip() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("note.txt", MARK)
    return sink.getvalue()


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _hevc(picture: Array, pixel_format: str) -> tuple[bytes, bytes]:
    """(decoder configuration, coded picture) of one tile."""
    import av

    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as target:
        options = {"x265-params": "log-level=none:pools=1:keyint=1", "crf": "8", "preset": "ultrafast"}
        stream: Any = target.add_stream("libx265", rate=1, options=options)
        stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], pixel_format
        stream.codec_context.colorspace, stream.codec_context.color_range = 5, 1
        rgb = "rgb48le" if picture.dtype == np.uint16 else "rgb24"
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format=rgb)
        frame = frame.reformat(format=pixel_format, dst_colorspace=5, dst_color_range=1)
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return _coded_still(sink.getvalue())


def _coded_still(data: bytes) -> tuple[bytes, bytes]:
    import av

    at = data.index(b"hvcC")
    config = data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at], "big")]
    with av.open(io.BytesIO(data), "r") as source:
        packet = next(one for one in source.demux(video=0) if one.size)
        return config, bytes(packet)


def _grey_hevc(plane: Array) -> tuple[bytes, bytes]:
    """(decoder configuration, coded picture) of a plane (h, w) over the full range."""
    import av

    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as target:
        options = {"x265-params": "log-level=none:pools=1:keyint=1", "crf": "4", "preset": "ultrafast"}
        stream: Any = target.add_stream("libx265", rate=1, options=options)
        stream.height, stream.width, stream.pix_fmt = *plane.shape, "gray"
        stream.codec_context.color_range = 2
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(plane), format="gray")
        frame.color_range = 2
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return _coded_still(sink.getvalue())


def heic(
    *, grid: bool = False, turn: int = 0, deep: bool = False, mirrored: bool = False, alpha: Array | None = None
) -> Callable[[], bytes]:
    """HEIC by hand (ISO/IEC 23008-12): single or 2 x 2 tiles, turned by `irot`, with EXIF, XMP and a thumbnail.

    alpha: transparency (h, w) as shown, in a picture of its own without turns.
    """

    def make() -> bytes:
        picture = _deep() if deep else shown()
        picture = picture[:, ::-1] if mirrored else picture
        picture = np.rot90(picture, -turn)
        pixel_format = "yuv420p10le" if deep else "yuv420p"
        height, width = picture.shape[:2]
        tall, wide = (height // 2 + 8, width // 2 + 8) if grid else (height, width)
        padded = np.pad(picture, ((0, 2 * tall - height), (0, 2 * wide - width), (0, 0)), "edge") if grid else picture
        cuts = [padded[y : y + tall, x : x + wide] for y in range(0, padded.shape[0], tall)
                for x in range(0, padded.shape[1], wide)]  # fmt: skip
        small = np.zeros((32, 32, 3), picture.dtype)
        coded = [_hevc(cut, pixel_format) for cut in [*cuts, small]]
        if alpha is not None:
            coded.append(_grey_hevc(np.rot90(alpha[:, ::-1] if mirrored else alpha, -turn)))
        items: list[tuple[bytes, bytes]] = [(b"hvc1", data) for _config, data in coded]
        main = len(coded) + 1 if grid else 1
        if grid:
            items.append((b"grid", struct.pack(">BBBBHH", 0, 0, 1, 1, width, height)))
        items.append((b"Exif", bytes(4) + _exif(6).tobytes()[6:]))  # its orientation does not count
        items.append((b"mime", _XMP))
        return _heif_file(items, [config for config, _data in coded], (tall, wide), (height, width), main,
                          turn=turn, mirrored=mirrored, alpha=alpha is not None)  # fmt: skip

    return make


def _heif_file(
    items: Sequence[tuple[bytes, bytes]],
    configs: Sequence[bytes],
    tile: tuple[int, int],
    whole: tuple[int, int],
    main: int,
    *,
    turn: int,
    mirrored: bool,
    alpha: bool,
) -> bytes:
    full = bytes(4)
    tiles = len(configs) - 1 - alpha
    infos = b"".join(
        _box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), kind, b"\0",
             b"application/rdf+xml\0" if kind == b"mime" else b"")
        for number, (kind, _data) in enumerate(items, 1)
    )  # fmt: skip
    sizes = [tile] * tiles + [(32, 32)] + [whole] * alpha
    pool = [
        one
        for config, (tall, wide) in zip(configs, sizes, strict=True)
        for one in (_box(b"hvcC", config), _box(b"ispe", full, struct.pack(">II", wide, tall)))
    ]
    links = {number: [2 * number - 1, 2 * number] for number in range(1, tiles + 2 + alpha)}
    if alpha:
        pool.append(_box(b"auxC", full, b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"))
        links[tiles + 2].append(len(pool))
    if main > 1:
        pool.append(_box(b"ispe", full, struct.pack(">II", whole[1], whole[0])))
        links[main] = [len(pool)]
    if turn:
        pool.append(_box(b"irot", bytes([turn])))
        links[main].append(len(pool))
    if mirrored:
        pool.append(_box(b"imir", b"\1"))
        links[main].append(len(pool))
    ipma = struct.pack(">I", len(links)) + b"".join(
        struct.pack(">HB", number, len(own)) + bytes(0x80 | one for one in own) for number, own in links.items()
    )
    described = len(items) - 1
    references = [_box(b"thmb", struct.pack(">HHH", tiles + 1, 1, main)),
                  _box(b"cdsc", struct.pack(">HHH", described, 1, main))]  # fmt: skip
    if alpha:
        references.append(_box(b"auxl", struct.pack(">HHH", tiles + 2, 1, main)))
    if main > 1:
        references.append(_box(b"dimg", struct.pack(f">HH{tiles}H", main, tiles, *range(1, tiles + 1))))

    def meta(offset: int) -> bytes:
        rows, at = b"", offset
        for number, (_kind, data) in enumerate(items, 1):
            rows += struct.pack(">HHHII", number, 0, 1, at, len(data))
            at += len(data)
        return _box(
            b"meta", full, _box(b"hdlr", full, bytes(4), b"pict", bytes(12), f"{MARK}\0".encode()),
            _box(b"pitm", full, struct.pack(">H", main)),
            _box(b"iinf", full, struct.pack(">H", len(items)), infos),
            _box(b"iref", full, *references),
            _box(b"iprp", _box(b"ipco", *pool), _box(b"ipma", full, ipma)),
            _box(b"iloc", full, b"\x44\0", struct.pack(">H", len(items)), rows),
        )  # fmt: skip

    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + _box(b"mdat", *(data for _kind, data in items))


def raw(kind: str, orientation: int = 1) -> Callable[[], bytes]:
    """A camera's raw file in outline: a small thumbnail, sensor data, and a JPEG preview where the maker puts it."""

    def make() -> bytes:
        stored = Image.fromarray(_stored(orientation, shown()))
        preview = _saved(stored, "JPEG", quality=95, comment=MARK.encode())
        sensor = np.arange(HEIGHT * WIDTH, dtype="<u2").tobytes()
        head = b"II*\0" + (b"\x10\0\0\0CR\2\0\0\0\0\0" if kind == "CR2" else b"\x10\0\0\0" + bytes(8))
        table: list[tuple[int, int, int, int]] = [
            (254, 4, 1, 1), (256, 3, 1, 16), (257, 3, 1, 12), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 0), (274, 3, 1, orientation), (277, 3, 1, 1), (278, 3, 1, 12), (279, 4, 1, 192), (315, 2, 8, 0),
        ]  # fmt: skip
        if kind == "CR2":  # the first directory is the preview
            table = [one for one in table if one[0] not in {256, 257, 259, 262, 273, 279}]
            table += [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (259, 3, 1, 6), (273, 4, 1, 0)]
            table.append((279, 4, 1, len(preview)))
        if kind == "DNG":
            table.append((50706, 1, 4, 0x0000_0401))
        table.append((330, 4, 2, 0))
        table.sort()
        own = 2 + 12 * len(table) + 4
        after = 16 + own
        places = {"name": after, "thumb": after + 8, "subs": after + 200, "sub0": after + 208}
        sub_size = 2 + 12 * 6 + 4
        places["sub1"] = places["sub0"] + sub_size
        places["sensor"] = places["sub1"] + sub_size
        places["preview"] = places["sensor"] + len(sensor)

        def directory(entries: Sequence[tuple[int, int, int, int]]) -> bytes:
            rows = b"".join(struct.pack("<HHII", *one) for one in entries)
            return struct.pack("<H", len(entries)) + rows + bytes(4)

        fixed = []
        for tag, form, count, value in table:
            spot = {315: places["name"], 330: places["subs"], 273: places["preview" if kind == "CR2" else "thumb"]}
            fixed.append((tag, form, count, spot.get(tag, value)))
        raw_data = [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (259, 3, 1, 1), (262, 3, 1, 32803),
                    (273, 4, 1, places["sensor"]), (279, 4, 1, len(sensor))]  # fmt: skip
        if kind in {"NEF", "ARW"}:
            seen = [(254, 4, 1, 1), (256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (259, 3, 1, 6),
                    (513, 4, 1, places["preview"]), (514, 4, 1, len(preview))]  # fmt: skip
        else:
            seen = [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (259, 3, 1, 7), (262, 3, 1, 6),
                    (273, 4, 1, places["preview"]), (279, 4, 1, len(preview))]  # fmt: skip
        subs = struct.pack("<II", places["sub0"], places["sub1"])
        body = directory(fixed) + f"{MARK}\0".encode() + bytes(192) + subs + directory(raw_data) + directory(seen)
        return head + body + sensor + preview

    return make


PICTURES: dict[str, Odd] = {
    **{f"EXIF orientation {one}": Odd(lambda one=one: turned(one)) for one in range(1, 9)},  # type: ignore[misc]
    "motion photo": Odd(motion_photo),
    "thumbnail in EXIF": Odd(thumbnail),
    "depth map, IPTC, extended XMP": Odd(depth_map),
    "several pictures (MPO)": Odd(several_pictures),
    "progressive JPEG": Odd(lambda: _jpeg(progressive=True)),
    "grey JPEG": Odd(lambda: _saved(_image().convert("L"), "JPEG", quality=95, exif=_exif()), grey=True),
    "CMYK JPEG": Odd(cmyk("JPEG"), tolerance=12),
    "CMYK TIFF": Odd(cmyk("TIFF"), tolerance=12),
    "profile with a private tag": Odd(private_profile),
    "PNG with notes and a tail": Odd(png_notes),
    "16-bit PNG": Odd(lambda: _png16(_deep()), bits=16, tolerance=0.01),
    "16-bit PNG with alpha": Odd(
        lambda: _png16(np.dstack([_deep(), np.full((HEIGHT, WIDTH), 40_000, np.uint16)])),
        bits=16, alpha=True, tolerance=0.01,
    ),
    "16-bit grey PNG": Odd(
        lambda: _png16((_deep()[..., :1] >> 1) + 300), bits=16, colours=1, tolerance=300, grey=True
    ),
    "16-bit grey PNG with alpha": Odd(
        lambda: _png16(np.dstack([_deep() @ (0.299, 0.587, 0.114), np.full((HEIGHT, WIDTH), 40_000)])),
        bits=16, alpha=True, grey=True,
    ),
    "16-bit TIFF": Odd(tiff16(1), bits=16, tolerance=0.01),
    "16-bit TIFF of two pages": Odd(tiff16(2), frames=2, bits=16, tolerance=0.01),
    "palette PNG": Odd(lambda: _saved(_image().quantize(200), "PNG"), tolerance=8),
    "bilevel TIFF": Odd(
        lambda: _saved(_image().convert("L").point(lambda level: 255 * (level > 190)).convert("1"), "TIFF",
                       compression="group4"), tolerance=120, grey=True,
    ),
    "alpha in WebP": Odd(lambda: _saved(_with_alpha(), "WEBP", quality=95, exif=_exif(), xmp=_XMP), alpha=True),
    "alpha in PNG": Odd(lambda: _saved(_with_alpha(), "PNG", exif=_exif()), alpha=True),
    "animated GIF": Odd(animated("GIF", comment=MARK.encode()), frames=4, durations=(40, 80, 120, 200), tolerance=14),
    "animated WebP": Odd(animated("WEBP", quality=95, xmp=_XMP), frames=4, durations=(40, 80, 120, 200)),
    "animated PNG": Odd(animated("PNG"), frames=4, durations=(40, 80, 120, 200)),
    "animated AVIF": Odd(animated("AVIF", quality=95), frames=4, durations=(40, 80, 120, 200)),
    "pages of a TIFF": Odd(pages, frames=3),
    "AVIF": Odd(lambda: _saved(_image(), "AVIF", quality=95, exif=_exif(), xmp=_XMP)),
    "AVIF turned": Odd(lambda: _saved(Image.fromarray(_stored(6, shown())), "AVIF", quality=95, exif=_exif(6))),
    "AVIF of 10 bits, PQ": Odd(avif10, bits=10),
    "JPEG XL": Odd(jxl(deep=False)),
    "JPEG XL of 16 bits": Odd(jxl(deep=True), bits=16),
    "HEIC": Odd(heic(), written="image/avif"),
    "HEIC of tiles": Odd(heic(grid=True), written="image/avif"),
    "HEIC of tiles, turned": Odd(heic(grid=True, turn=1), written="image/avif"),
    "HEIC turned and mirrored": Odd(heic(turn=3, mirrored=True), written="image/avif"),
    "HEIC with transparency": Odd(heic(alpha=_CLEAR), alpha=True, written="image/avif"),
    "HEIC of tiles with transparency, turned": Odd(
        heic(grid=True, turn=1, mirrored=True, alpha=_CLEAR), alpha=True, written="image/avif"
    ),
    "HEIC of 10 bits": Odd(heic(deep=True), bits=10, written="image/avif"),
    "JPEG 2000": Odd(lambda: _saved(_image(), "JPEG2000", comment=MARK)),
    "JPEG 2000 of 12 bits": Odd(jpeg2000_12, bits=16, written="image/png"),
    "JPEG with a ZIP behind it": Odd(lambda: _jpeg() + _zip()),
    "BMP": Odd(lambda: _saved(_image(), "BMP") + MARK.encode()),
    "raw: DNG": Odd(raw("DNG"), written="image/jpeg"),
    "raw: DNG, turned": Odd(raw("DNG", 6), written="image/jpeg"),
    "raw: CR2": Odd(raw("CR2"), written="image/jpeg"),
    "raw: NEF": Odd(raw("NEF"), written="image/jpeg"),
    "raw: ARW": Odd(raw("ARW", 8), written="image/jpeg"),
}  # fmt: skip
