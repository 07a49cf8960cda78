"""The catalog: where every object lies. SQLAlchemy Core on SQLite in WAL mode, or another database by URL.

No row says which objects belong together: objects have random ids and no order, no time and no asset. The asset table
knows which asset is committed and where its sealed record lies in `linkage`; what the record holds takes a grant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from polyveil.errors import VaultError

_META = sa.MetaData()
_OBJECTS = sa.Table(
    "objects",
    _META,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("compartment", sa.String(32), nullable=False, index=True),
    sa.Column("session", sa.String(32), nullable=False),
    sa.Column("epoch", sa.String(16), nullable=False, index=True),
    sa.Column("pack", sa.String(32), nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
_SESSIONS = sa.Table(
    "sessions",
    _META,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("compartment", sa.String(32), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_ASSETS = sa.Table(
    "assets",
    _META,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("record", sa.String(32), nullable=False),
    sqlite_with_rowid=False,
)
_SUBJECTS = sa.Table(
    "subjects",
    _META,
    sa.Column("subject", sa.String(64), primary_key=True),
    sa.Column("asset", sa.String(64), primary_key=True),
    sqlite_with_rowid=False,
)
_RECORDS = sa.Table(
    "records",
    _META,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("object", sa.String(32), nullable=False),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class Row:
    """Where one object lies."""

    id: str
    compartment: str
    session: str
    epoch: str
    pack: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Session:
    """The secret of a sealing session, wrapped to a compartment's public key of one generation."""

    id: str
    compartment: str
    generation: int
    wrapped: bytes


class Catalog:
    """One catalog. Every write is one transaction.

    Raises:
        VaultError: the database cannot be opened or written (full disk, read-only, locked for more than a minute).
    """

    def __init__(self, target: Path | str) -> None:
        url = f"sqlite:///{target}" if isinstance(target, Path) else target
        self._engine = sa.create_engine(url, connect_args={"timeout": 60} if url.startswith("sqlite") else {})
        if url.startswith("sqlite"):
            sa.event.listen(self._engine, "connect", _pragmas)
        with _reported():
            _META.create_all(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def commit(
        self,
        assets: Sequence[tuple[str, str]],
        rows: Sequence[Row],
        sessions: Iterable[Session],
        subjects: Sequence[tuple[str, str]],
    ) -> None:
        """Add assets with their objects at once. Raises VaultError; nothing is added then."""
        with _reported(), self._engine.begin() as db:
            self._add_sessions(db, sessions)
            if rows:
                db.execute(_OBJECTS.insert(), [asdict(row) for row in sorted(rows, key=lambda row: row.id)])
            if assets:
                db.execute(_ASSETS.insert(), [{"id": asset, "record": record} for asset, record in sorted(assets)])
            if subjects:
                db.execute(
                    _SUBJECTS.insert(), [{"subject": subject, "asset": asset} for subject, asset in sorted(subjects)]
                )

    def _add_sessions(self, db: sa.Connection, sessions: Iterable[Session]) -> None:
        known = set(db.scalars(sa.select(_SESSIONS.c.id)))
        fresh = {one.id: one for one in sessions if one.id not in known}
        if fresh:
            db.execute(_SESSIONS.insert(), [asdict(one) for one in fresh.values()])

    def put_record(self, name: str, row: Row, sessions: Iterable[Session]) -> None:
        """Enter or replace a named record's object."""
        with _reported(), self._engine.begin() as db:
            self._add_sessions(db, sessions)
            db.execute(_OBJECTS.insert(), [asdict(row)])
            db.execute(_RECORDS.delete().where(_RECORDS.c.name == name))
            db.execute(_RECORDS.insert(), [{"name": name, "object": row.id}])

    def row(self, object_id: str) -> Row | None:
        with _reported(), self._engine.connect() as db:
            found = db.execute(sa.select(_OBJECTS).where(_OBJECTS.c.id == object_id)).mappings().first()
        return Row(**found) if found else None

    def rows(self, compartment: str | None = None) -> Iterator[Row]:
        query = sa.select(_OBJECTS)
        if compartment is not None:
            query = query.where(_OBJECTS.c.compartment == compartment)
        with _reported(), self._engine.connect() as db:
            for found in db.execute(query).mappings():
                yield Row(**found)

    def session(self, session_id: str) -> Session | None:
        with _reported(), self._engine.connect() as db:
            found = db.execute(sa.select(_SESSIONS).where(_SESSIONS.c.id == session_id)).mappings().first()
        return Session(**found) if found else None

    def sessions(self, compartment: str) -> list[Session]:
        with _reported(), self._engine.connect() as db:
            query = sa.select(_SESSIONS).where(_SESSIONS.c.compartment == compartment)
            return [Session(**found) for found in db.execute(query).mappings()]

    def rewrap(self, sessions: Sequence[Session]) -> None:
        """Replace wrapped session secrets, all or none."""
        with _reported(), self._engine.begin() as db:
            for one in sessions:
                db.execute(
                    _SESSIONS.update()
                    .where(_SESSIONS.c.id == one.id)
                    .values(generation=one.generation, wrapped=one.wrapped)
                )

    def has_asset(self, asset: str) -> bool:
        with _reported(), self._engine.connect() as db:
            return db.execute(sa.select(_ASSETS.c.id).where(_ASSETS.c.id == asset)).first() is not None

    def assets(self) -> dict[str, str]:
        """Record object id by asset id."""
        with _reported(), self._engine.connect() as db:
            return {row.id: row.record for row in db.execute(sa.select(_ASSETS))}

    def assets_of(self, subject: str) -> set[str]:
        with _reported(), self._engine.connect() as db:
            return set(db.scalars(sa.select(_SUBJECTS.c.asset).where(_SUBJECTS.c.subject == subject)))

    def records(self) -> dict[str, str]:
        """Object id by record name."""
        with _reported(), self._engine.connect() as db:
            return {row.name: row.object for row in db.execute(sa.select(_RECORDS))}

    def forget(self, objects: set[str], assets: set[str], epochs: dict[str, str | None]) -> None:
        """Drop erased objects and assets, and move what stays of their epochs to the new ones."""
        with _reported(), self._engine.begin() as db:
            for object_id in objects:
                db.execute(_OBJECTS.delete().where(_OBJECTS.c.id == object_id))
            for asset in assets:
                db.execute(_ASSETS.delete().where(_ASSETS.c.id == asset))
                db.execute(_SUBJECTS.delete().where(_SUBJECTS.c.asset == asset))
            for old, new in epochs.items():
                if new is not None:
                    db.execute(_OBJECTS.update().where(_OBJECTS.c.epoch == old).values(epoch=new))


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=60000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise VaultError(f"the catalog cannot be used ({error.orig})") from None
    except SQLAlchemyError as error:
        raise VaultError(f"the catalog cannot be used ({type(error).__name__})") from None
