"""E-mail (RFC 5322, MIME): headers and bodies are texts, attachments are opaque members.

Only the headers that a reader needs are kept, and they go down the text road. Everything else (Received, X-…, DKIM,
user agents) names hosts and people and is left out; message ids become keyed ids, so that threads still hang together.
Boundaries and content ids are made anew.
"""

from polyveil.containers.email.taking import split
from polyveil.containers.email.writing import join

__all__ = ["join", "split"]
