"""A camera made of a file: GStreamer's RTSP server. Runs with Debian's python3 (gir1.2-gst-rtsp-server-1.0, python3-gi).

python3 benchmarks/rtsp_server.py FILE PORT [LOSS]     serves an H.264 mp4 at rtsp://127.0.0.1:PORT/camera

LOSS: share of pictures (coded ones, key frames too) that never arrive, 0 by default.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402 - after the versions are chosen


def main(path: str, port: str, loss: str = "0") -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f'( filesrc location="{path}" ! qtdemux ! h264parse ! identity drop-probability={float(loss)} '
        "! rtph264pay name=pay0 pt=96 config-interval=1 )"
    )
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    print("serving", flush=True)
    GLib.MainLoop().run()


main(*sys.argv[1:4])
