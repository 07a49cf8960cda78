"""The policy: what is looked for, what answers it in each modality, and how parts are cleaned, kept and stored.

A policy is written in YAML (see docs/policies.md), read by `polyveil.policies.load`, and immutable afterwards.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from polyveil.schema.modality import Modality


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Localised(_Model):
    """A sentence for people, in English and Chinese."""

    en: str
    zh: str


class Operator(BaseModel):
    """An operator by name with its parameters: `mask`, or `{op: mask, keep_last: 4}`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    op: str

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.__pydantic_extra__ or {})


def _operator(value: object) -> object:
    return {"op": value} if isinstance(value, str) else value


OperatorField = Annotated[Operator, BeforeValidator(_operator)]


class EntityRule(_Model):
    """What answers one entity type. A modality without an operator of its own uses the modality's `default`."""

    reason: Localised
    legal: str = ""
    threshold: float = Field(default=0.5, ge=0.0, le=1.0)
    text: OperatorField | None = None
    image: OperatorField | None = None
    audio: OperatorField | None = None
    video: OperatorField | None = None
    table: OperatorField | None = None


class CustomRecogniser(_Model):
    """A recogniser of the user's own: patterns (RE2 syntax), whole words, or both; context words raise the score."""

    name: str
    entity: str
    patterns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    score: float = Field(default=0.6, ge=0.0, le=1.0)


class TextRoad(_Model):
    """Cleaning and defaults of the text road."""

    default: OperatorField = Operator(op="redact")
    clean: bool = True  # repair mojibake, drop control and zero-width characters
    boilerplate: tuple[Literal["pages", "cookies", "signatures", "disclaimers"], ...] = ()  # removed from prose


class Zone(_Model):
    """A part of every picture, in fractions of its upright width and height.

    entities: for an exempt zone, the entity types that are left alone in it; empty for all.
    """

    x: float = Field(ge=0.0, le=1.0)
    y: float = Field(ge=0.0, le=1.0)
    w: float = Field(gt=0.0, le=1.0)
    h: float = Field(gt=0.0, le=1.0)
    entities: tuple[str, ...] = ()


class ImageRoad(_Model):
    """Cleaning, masks and output of the image road. `format` 'keep' writes the input's own format where it can."""

    default: OperatorField = Operator(op="fill")
    format: Literal["keep", "jpeg", "png", "webp", "avif", "jxl"] = "keep"
    quality: int = Field(default=90, ge=1, le=100)
    denoise: Literal["auto", "off"] = "auto"
    shape: Literal["box", "ellipse"] = "ellipse"
    scale: float = Field(default=1.25, ge=1.0, le=3.0)  # mask size relative to the found box
    all_text: bool = False  # mask every line of text, not only personal ones
    zones: tuple[Zone, ...] = ()  # masked whatever they show
    exempt: tuple[Zone, ...] = ()  # what lies wholly inside is left alone


class AudioRoad(_Model):
    """Speech handling and output of the audio road.

    speech: 'align' silences what a given transcript shows to be personal and falls back to silencing all speech;
    'silence' silences all speech; 'voice-change' keeps every word with a changed voice and is labelled
    'content not inspected'; 'keep' leaves speech alone.
    format: 'auto' is Opus beside pictures and FLAC for sound alone. bitrate: bits a second of a channel, in Opus.
    """

    default: OperatorField = Operator(op="silence")
    speech: Literal["align", "silence", "voice-change", "keep"] = "align"
    change_voice: bool = False  # also change the voice of aligned speech that is kept
    pad_ms: int = Field(default=200, ge=0, le=2000)
    denoise: Literal["auto", "off"] = "auto"
    format: Literal["auto", "flac", "opus"] = "auto"
    bitrate: int = Field(default=32_000, ge=6_000, le=510_000)


class VideoRoad(_Model):
    """Masks and output of the video road. The sound track goes down the audio road."""

    default: OperatorField = Operator(op="fill")
    codec: Literal["av1", "h264", "h265", "vp9"] = "av1"
    container: Literal["mp4", "mkv", "webm"] = "mp4"
    quality: int = Field(default=60, ge=1, le=100)
    denoise: Literal["auto", "off", "hqdn3d", "nlmeans"] = "auto"  # auto: hqdn3d where it is noisy
    shape: Literal["box", "ellipse"] = "ellipse"
    scale: float = Field(default=1.22, ge=1.0, le=3.0)  # mask size relative to the found face
    stride: int = Field(default=3, ge=1, le=10)  # frames between looks where something moves; tracks fill between
    text: bool = True  # look for personal text in frames
    zones: tuple[Zone, ...] = ()  # masked in every frame, whatever they show
    exempt: tuple[Zone, ...] = ()  # what lies wholly inside is left alone while it does
    speed: Literal["normal", "fast"] = "normal"  # fast: looks and reads more seldom, at some cost of recall
    hardware: bool = False  # encode on a graphics processor where one is found: quicker and larger


class TableRoad(_Model):
    """Defaults and output of the table road."""

    default: OperatorField = Operator(op="redact")
    format: Literal["keep", "parquet", "csv"] = "keep"
    columns: dict[str, OperatorField] = Field(default_factory=dict)  # by column name, before classification


class DicomRoad(_Model):
    """Options of PS3.15 Annex E for DICOM headers, beside the Basic Profile; whatever dates are given is DATE_TIME's.

    descriptors: words such as the series description stay after they were searched, instead of being removed.
    """

    keep: tuple[Literal["descriptors", "patient-characteristics", "device", "institution"], ...] = ()


class Roads(_Model):
    """The roads of the five modalities, and of DICOM headers."""

    text: TextRoad = TextRoad()
    image: ImageRoad = ImageRoad()
    audio: AudioRoad = AudioRoad()
    video: VideoRoad = VideoRoad()
    table: TableRoad = TableRoad()
    dicom: DicomRoad = DicomRoad()


class Deduplicate(_Model):
    """What happens to duplicates: drop them (outcome 'skipped'), keep them, or keep and flag them in the report.

    pictures: the hash by which nearly equal pictures are found. phash survives small crops and finds mirrored copies;
    pdq mistakes fewer pictures for each other and finds turned copies as well.
    """

    exact: Literal["drop", "keep", "flag"] = "drop"
    near: Literal["drop", "keep", "flag"] = "flag"
    pictures: Literal["phash", "pdq"] = "phash"


class Storage(_Model):
    """Compression and retention in the vault."""

    zstd: int = Field(default=3, ge=1, le=22)  # 1 for what is hot, 19 for what is cold
    pad: bool = False  # hide exact sizes in the vault, at up to 12 % more space
    originals: Literal["seal", "discard"] = "discard"
    regions: Literal["seal", "discard"] = "discard"  # original pixels of each masked region, for `polyveil unmask`
    quarantined: Literal["seal", "discard"] = "discard"  # sealed into `originals`, or left where they are
    retention_days: int | None = Field(default=None, ge=1)


class Policy(_Model):
    """A whole policy. Build one with `polyveil.policies.load`."""

    name: str
    description: Localised
    entities: dict[str, EntityRule]
    roads: Roads = Roads()
    deduplicate: Deduplicate = Deduplicate()
    storage: Storage = Storage()
    recognisers: tuple[CustomRecogniser, ...] = ()
    allow: tuple[str, ...] = ()  # values that are never findings (whole value, case-insensitive)
    deny: tuple[str, ...] = ()  # values that always are (entity DENY_LIST)
    date_shift_days: int = Field(default=365, ge=1, le=36_500)  # largest shift to either side

    def wants(self, entity: str) -> bool:
        """Is this entity type looked for?"""
        return entity in self.entities

    def threshold(self, entity: str) -> float:
        """Least score at which a finding counts; above any score if the entity type is not looked for."""
        rule = self.entities.get(entity)
        return rule.threshold if rule else 2.0

    def operator(self, entity: str, modality: Modality) -> Operator:
        """The operator that answers `entity` in `modality`; 'keep' if the entity type is not looked for."""
        rule = self.entities.get(entity)
        if rule is None:
            return Operator(op="keep")
        own: Operator | None = getattr(rule, modality.value)
        if own is not None:
            return own
        default: Operator = getattr(self.roads, modality.value).default
        return default
