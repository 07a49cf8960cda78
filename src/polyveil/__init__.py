"""Polyveil: collect, de-identify, encrypt and isolate personal data of every modality, and prove that it worked."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

__version__ = version("polyveil")
__all__ = ["__version__", "protect"]

if TYPE_CHECKING:
    from polyveil.pipeline.protect import protect


def __getattr__(name: str) -> Any:
    """Load `protect` when it is first asked for: `import polyveil` stays quick."""
    if name == "protect":
        from polyveil.pipeline.protect import protect

        return protect
    raise AttributeError(name)
