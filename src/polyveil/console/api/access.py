"""Scopes and failures of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import HTTPException, Request

from polyveil.console.house import session_of
from polyveil.console.sessions import Session
from polyveil.errors import AssetError, MissingExtraError, PolyveilError, UnlockError, UsageError


def needs(scope: str) -> Callable[[Request], Session]:
    """A dependency that lets only sessions with this scope through."""

    def check(request: Request) -> Session:
        session = session_of(request)
        if not session.may(scope):
            raise HTTPException(403, f"this takes the scope '{scope}'")
        return session

    return check


@contextmanager
def answering() -> Iterator[None]:
    """Turn failures of the vault and the road into answers."""
    try:
        yield
    except UnlockError as error:
        raise HTTPException(423, str(error)) from None
    except UsageError as error:
        raise HTTPException(400, str(error)) from None
    except AssetError as error:
        raise HTTPException(422, str(error)) from None
    except MissingExtraError as error:
        raise HTTPException(501, str(error)) from None
    except PolyveilError as error:
        raise HTTPException(404, str(error)) from None
