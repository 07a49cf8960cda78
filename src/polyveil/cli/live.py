"""`polyveil live camera|mqtt|dicom`: live sources."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from polyveil.cli.options import KeyFileOption, PolicyOption, unlock

VaultOption = Annotated[str, typer.Option("--vault", "-v", help="The vault; it is made if it does not exist.")]
HttpOption = Annotated[int, typer.Option("--http-port", min=0, max=65535, help="Of /metrics; 0: any free one.")]
NameOption = Annotated[str, typer.Option("--name", help="Of this source; two on one vault need two names.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No log lines on stderr.")]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    live = typer.Typer(no_args_is_help=True, help="Protect what arrives live: cameras, MQTT brokers, DICOM senders.")
    live.command("camera")(camera)
    live.command("mqtt")(mqtt)
    live.command("dicom")(dicom)
    app.add_typer(live, name="live")


def mqtt(
    url: Annotated[str, typer.Argument(metavar="URL", help="mqtt://[user@]host[:port] or mqtts://…")],
    vault: VaultOption,
    topic: Annotated[list[str], typer.Option("--topic", "-t", help="A topic filter; may be repeated.")],
    republish: Annotated[str, typer.Option(metavar="PREFIX", help="Send de-identified readings below PREFIX.")] = "",
    policy: PolicyOption = "default",
    batch: Annotated[int, typer.Option(min=1, max=100_000, help="Readings in a table.")] = 1000,
    batch_seconds: Annotated[float, typer.Option(min=0.1, help="Seal a table after this time at the latest.")] = 10.0,
    time_step: Annotated[int, typer.Option(min=1, help="Seconds that times are rounded to.")] = 60,
    digits: Annotated[int, typer.Option(min=1, max=15, help="Significant digits that numbers keep.")] = 4,
    name: NameOption = "mqtt",
    http_port: HttpOption = 0,
    quiet: QuietOption = False,
    key_file: KeyFileOption = None,
) -> None:
    """Seal the readings of devices as tables, and republish them de-identified.

    A message at QoS 1 is acknowledged when it is sealed and durable. Devices get stable pseudonyms; a command to
    PREFIX/<topic with pseudonyms>/set reaches the device. A password is taken from POLYVEIL_MQTT_PASSWORD.
    Ctrl-C seals what is in hand.
    """
    from polyveil.live.mqtt import Bridge, Options
    from polyveil.live.session import open_session
    from polyveil.policies import load
    from polyveil.vault import Vault

    options = Options(url, tuple(topic), republish.strip("/"), batch, batch_seconds, step_s=time_step, digits=digits)
    key = unlock(key_file, new=not Vault.exists(vault))
    with open_session(vault, key, load(policy), name=name, kind="mqtt", http_port=http_port, quiet=quiet) as session:
        stop_on_signals(session.stop.set)
        Bridge(session, options).run()


def dicom(
    vault: VaultOption,
    port: Annotated[int, typer.Option(min=0, max=65535, help="To listen on; 0: any free one.")] = 11112,
    host: Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")] = "127.0.0.1",
    aet: Annotated[str, typer.Option("--aet", help="Our application entity title.")] = "POLYVEIL",
    forward: Annotated[
        str, typer.Option(metavar="AE@HOST:PORT", help="Send the de-identified instances on to this one.")
    ] = "",
    allow: Annotated[list[str] | None, typer.Option("--allow", help="Only this calling AE title; repeatable.")] = None,
    policy: PolicyOption = "default",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that de-identify.")] = 1,
    queue: Annotated[int, typer.Option(min=1, help="Instances that may wait; above it senders are told so.")] = 500,
    name: NameOption = "dicom",
    http_port: HttpOption = 0,
    quiet: QuietOption = False,
    key_file: KeyFileOption = None,
) -> None:
    """Receive DICOM instances (C-STORE), answer once they are sealed, de-identify and forward them.

    Ctrl-C answers no further instance and finishes those that were answered.
    """
    from polyveil.live.dicom import Options, Receiver
    from polyveil.live.session import open_session
    from polyveil.policies import load
    from polyveil.vault import Vault

    options = Options(host, port, aet, forward, tuple(allow or ()), workers, queue)
    key = unlock(key_file, new=not Vault.exists(vault))
    with open_session(vault, key, load(policy), name=name, kind="dicom", http_port=http_port, quiet=quiet) as session:
        stop_on_signals(session.stop.set)
        Receiver(session, options).run()


def stop_on_signals(stop: object) -> None:
    """Ctrl-C and SIGTERM ask for a clean stop; a second one breaks off, and the spool goes on at the next start."""
    asked: list[int] = []

    def ask(_number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(1)
        if callable(stop):
            stop()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)


def camera(
    url: Annotated[str, typer.Argument(metavar="URL", help="rtsp://…, a file played as if live, or /dev/videoN.")],
    vault: VaultOption,
    policy: PolicyOption = "default",
    segment_seconds: Annotated[float, typer.Option(min=1.0, max=600.0, help="Length of a recorded segment.")] = 10.0,
    record: Annotated[bool, typer.Option("--record/--no-record", help="Seal masked segments in the vault.")] = True,
    reader: Annotated[
        list[str] | None,
        typer.Option("--reader", metavar="KEY=VALUE", help="Option of FFmpeg's reader, such as video_size=1280x720."),
    ] = None,
    name: NameOption = "camera",
    http_port: HttpOption = 0,
    quiet: QuietOption = False,
    key_file: KeyFileOption = None,
) -> None:
    """Mask a camera as it comes: a masked stream on loopback, masked segments in the vault.

    Every frame that is shown or recorded was searched itself; where the machine is too slow, frames are left out, and
    what is hidden grows. The addresses of the stream (MJPEG and HLS) are in the first log lines. Ctrl-C seals the
    open segment.
    """
    from polyveil.errors import UsageError
    from polyveil.live.camera import Camera, Options, Stream
    from polyveil.live.hls import PLAYLIST, Hls
    from polyveil.live.session import open_session
    from polyveil.policies import load
    from polyveil.vault import Vault

    if wrong := next((one for one in reader or () if "=" not in one), None):
        raise UsageError(f"--reader {wrong}: is not KEY=VALUE")
    options = Options(url, segment_seconds, record, dict(one.split("=", 1) for one in reader or ()))
    chosen = load(policy)
    stream, hls = Stream(), Hls(chosen.roads.video.codec, chosen.roads.video.quality)
    key = unlock(key_file, new=not Vault.exists(vault))
    with open_session(
        vault,
        key,
        chosen,
        name=name,
        kind="camera",
        http_port=http_port,
        routes={"stream.mjpg": stream.route, "hls": hls.route},
        stream="stream.mjpg",
        hls=f"hls/{PLAYLIST}",
        quiet=quiet,
    ) as session:
        stop_on_signals(session.stop.set)
        session.status.log("stream", url=session.status.url or "", hls=session.status.hls or "")
        Camera(session, options, stream, hls).run()
