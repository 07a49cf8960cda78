"""The catalog: where every unit lies. SQLAlchemy Core on SQLite in WAL mode, or on PostgreSQL by URL.

No row says which objects belong together: units have random ids and no order, no time and no asset. The asset table
knows which asset is committed and which object is its record in `linkage`; what the record holds takes a grant.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from polyveil.errors import UsageError, VaultError

_META = sa.MetaData()
_UNITS = sa.Table(
    "units",
    _META,
    sa.Column("id", sa.LargeBinary(16), primary_key=True),
    sa.Column("compartment", sa.SmallInteger, nullable=False),
    sa.Column("role", sa.SmallInteger, nullable=False),
    sa.Column("refs", sa.Integer, nullable=False),
    sa.Column("session", sa.LargeBinary(16), nullable=False),
    sa.Column("epoch", sa.LargeBinary(8), nullable=False),
    sa.Column("pack", sa.LargeBinary(16), nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
_ASSETS = sa.Table(
    "assets",
    _META,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("record", sa.LargeBinary(16), nullable=False),
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
    sa.Column("object", sa.LargeBinary(16), nullable=False),
    sqlite_with_rowid=False,
)
_STATE = sa.Table(
    "state",
    _META,
    sa.Column("id", sa.SmallInteger, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
)
_MANY = 500


class StaleError(VaultError):
    """Something that was to be referred to was erased meanwhile; sealing again helps."""


@dataclass(frozen=True, slots=True)
class Row:
    """Where one unit lies. Ids are bytes; compartment: its number; role: piece, manifest; refs: how many hold it."""

    id: bytes
    compartment: int
    role: int
    refs: int
    session: bytes
    epoch: bytes
    pack: bytes
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction does to the catalog.

    units: new rows. refs: increments by unit id. assets: (id, record object). subjects: (subject, asset).
    records: object by name. gone_*: what is dropped.
    """

    units: Sequence[Row] = ()
    refs: Mapping[bytes, int] | None = None
    assets: Sequence[tuple[str, bytes]] = ()
    subjects: Sequence[tuple[str, str]] = ()
    records: Mapping[str, bytes] | None = None
    gone_units: Iterable[bytes] = ()
    gone_assets: Iterable[str] = ()
    gone_records: Iterable[str] = ()
    epochs: Mapping[bytes, Mapping[bytes, bytes]] | None = None
    """epoch -> unit -> epoch: rows that moved to another epoch."""


class Catalog:
    """One catalog. Every write is one transaction, which counts the version up.

    Raises:
        VaultError: the database cannot be opened or written (full disk, read-only, locked for more than a minute).
    """

    def __init__(self, target: Path | str) -> None:
        self.path = target if isinstance(target, Path) else None
        url: Any = f"sqlite:///{target}" if isinstance(target, Path) else _server(target)
        self._engine = sa.create_engine(url, connect_args={"timeout": 60} if self.path else {})
        if self.path is not None:
            sa.event.listen(self._engine, "connect", _pragmas)
        with _reported():
            _META.create_all(self._engine)
            with self._engine.begin() as db:
                if db.scalar(sa.select(_STATE.c.version)) is None:
                    db.execute(_STATE.insert(), [{"id": 1, "version": 0}])

    def close(self) -> None:
        self._engine.dispose()

    def version(self) -> int:
        """Transactions so far."""
        with _reported(), self._engine.connect() as db:
            return int(db.scalar(sa.select(_STATE.c.version)) or 0)

    def begin_at(self, version: int) -> None:
        """Count on from a version: a rebuilt catalog is no older than the audit log."""
        with _reported(), self._engine.begin() as db:
            db.execute(_STATE.update().values(version=version))

    def apply(self, change: Change) -> int:
        """Do everything of a change or nothing. Returns the new version.

        Raises:
            StaleError: a unit whose count goes up is not there any more.
        """
        with _reported(), self._engine.begin() as db:
            db.execute(_STATE.update().values(version=_STATE.c.version + 1))  # first: writers take turns from here on
            if change.units:
                _insert(db, change.units)
            _count(db, change.refs or {})
            if change.assets:
                rows = [{"id": asset, "record": record} for asset, record in sorted(change.assets)]
                db.execute(_ASSETS.insert(), rows)
            if change.subjects:
                pairs = [{"subject": subject, "asset": asset} for subject, asset in sorted(set(change.subjects))]
                db.execute(_SUBJECTS.insert(), pairs)
            for name, object_id in (change.records or {}).items():
                db.execute(_RECORDS.delete().where(_RECORDS.c.name == name))
                db.execute(_RECORDS.insert(), [{"name": name, "object": object_id}])
            _drop(db, change)
            for old, moved in (change.epochs or {}).items():
                rows = [{"b_id": unit, "b_old": old, "b_new": new} for unit, new in moved.items()]
                if rows:
                    db.execute(
                        _UNITS.update()
                        .where(_UNITS.c.id == sa.bindparam("b_id"), _UNITS.c.epoch == sa.bindparam("b_old"))
                        .values(epoch=sa.bindparam("b_new")),
                        rows,
                    )
            return int(db.scalar(sa.select(_STATE.c.version)) or 0)

    def move(self, rows: Sequence[Row]) -> int:
        """Give units that are still there another place, session or epoch, all at once. Returns the new version."""
        with _reported(), self._engine.begin() as db:
            db.execute(_STATE.update().values(version=_STATE.c.version + 1))
            db.execute(
                _UNITS.update()
                .where(_UNITS.c.id == sa.bindparam("b_id"))
                .values({name: sa.bindparam(f"b_{name}") for name in ("session", "epoch", "pack", "offset", "length")}),
                [{f"b_{name}": value for name, value in _plain(row).items()} for row in rows],
            )
            return int(db.scalar(sa.select(_STATE.c.version)) or 0)

    def row(self, unit: bytes) -> Row | None:
        with _reported(), self._engine.connect() as db:
            found = db.execute(sa.select(_UNITS).where(_UNITS.c.id == unit)).first()
        return Row(*found) if found else None

    def rows_of(self, units: Iterable[bytes]) -> dict[bytes, Row]:
        """The rows of units, as far as there are any."""
        wanted, found = list(units), dict[bytes, Row]()
        with _reported(), self._engine.connect() as db:
            for start in range(0, len(wanted), _MANY):
                query = sa.select(_UNITS).where(_UNITS.c.id.in_(wanted[start : start + _MANY]))
                found.update((row[0], Row(*row)) for row in db.execute(query))
        return found

    def rows(self, compartment: int | None = None, role: int | None = None) -> Iterator[Row]:
        query = sa.select(_UNITS)
        if compartment is not None:
            query = query.where(_UNITS.c.compartment == compartment)
        if role is not None:
            query = query.where(_UNITS.c.role == role)
        with _reported(), self._engine.connect() as db:
            for found in db.execution_options(yield_per=5000).execute(query):
                yield Row(*found)

    def pack_sums(self) -> dict[bytes, tuple[int, int]]:
        """(units, bytes) that live in each pack."""
        query = sa.select(_UNITS.c.pack, sa.func.count(), sa.func.sum(_UNITS.c.length)).group_by(_UNITS.c.pack)
        with _reported(), self._engine.connect() as db:
            return {bytes(row[0]): (int(row[1]), int(row[2])) for row in db.execute(query)}

    def rows_in(self, pack: bytes) -> list[Row]:
        """Units that live in a pack."""
        with _reported(), self._engine.connect() as db:
            return [Row(*row) for row in db.execute(sa.select(_UNITS).where(_UNITS.c.pack == pack))]

    def names_epoch(self, epoch: bytes) -> bool:
        """Does any unit's secret stand in this epoch?"""
        with _reported(), self._engine.connect() as db:
            return db.execute(sa.select(_UNITS.c.id).where(_UNITS.c.epoch == epoch).limit(1)).first() is not None

    def sums(self) -> dict[tuple[int, int], tuple[int, int]]:
        """(units, bytes) by (compartment, role)."""
        query = sa.select(_UNITS.c.compartment, _UNITS.c.role, sa.func.count(), sa.func.sum(_UNITS.c.length))
        with _reported(), self._engine.connect() as db:
            found = db.execute(query.group_by(_UNITS.c.compartment, _UNITS.c.role))
            return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in found}

    def has_asset(self, asset: str) -> bool:
        return bool(self.known_assets([asset]))

    def known_assets(self, assets: Iterable[str]) -> set[str]:
        """Which of these are committed."""
        wanted, found = list(assets), set[str]()
        with _reported(), self._engine.connect() as db:
            for start in range(0, len(wanted), _MANY):
                query = sa.select(_ASSETS.c.id).where(_ASSETS.c.id.in_(wanted[start : start + _MANY]))
                found |= set(db.scalars(query))
        return found

    def assets(self) -> dict[str, str]:
        """Record object id (hexadecimal) by asset id."""
        with _reported(), self._engine.connect() as db:
            return {row.id: bytes(row.record).hex() for row in db.execute(sa.select(_ASSETS))}

    def subjects(self) -> set[tuple[str, str]]:
        """(subject, asset)."""
        with _reported(), self._engine.connect() as db:
            return {(row.subject, row.asset) for row in db.execute(sa.select(_SUBJECTS))}

    def assets_of(self, subject: str) -> set[str]:
        with _reported(), self._engine.connect() as db:
            return set(db.scalars(sa.select(_SUBJECTS.c.asset).where(_SUBJECTS.c.subject == subject)))

    def records(self) -> dict[str, str]:
        """Object id (hexadecimal) by record name."""
        with _reported(), self._engine.connect() as db:
            return {row.name: bytes(row.object).hex() for row in db.execute(sa.select(_RECORDS))}

    def record(self, name: str) -> str | None:
        """Object id (hexadecimal) of one record."""
        with _reported(), self._engine.connect() as db:
            found = db.scalar(sa.select(_RECORDS.c.object).where(_RECORDS.c.name == name))
        return bytes(found).hex() if found is not None else None

    def problems(self) -> list[str]:
        """What the database itself finds wrong with its file. Empty for PostgreSQL, which checks its pages itself."""
        if self.path is None:
            return []
        try:
            with self._engine.connect() as db:
                found = [str(row[0]) for row in db.execute(sa.text("PRAGMA integrity_check(20)"))]
        except (DBAPIError, UnicodeDecodeError) as error:
            return [f"cannot be read ({type(error).__name__})"]
        return [] if found == ["ok"] else found

    def settle(self) -> None:
        """Write everything from the WAL into the database file, as far as no other process reads it."""
        if self.path is not None:
            with _reported(), self._engine.connect() as db:
                db.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


_NAMES = ", ".join(f'"{column.name}"' for column in _UNITS.columns)


def _insert(db: sa.Connection, rows: Sequence[Row]) -> None:
    """New units, by id. SQLite's driver takes tuples: for many thousand rows that is four times as quick."""
    ordered = sorted(rows, key=lambda row: row.id)
    if db.dialect.name == "sqlite":
        marks = ", ".join("?" * len(Row.__slots__))
        values = [tuple(getattr(row, name) for name in Row.__slots__) for row in ordered]
        db.exec_driver_sql(f"INSERT INTO units ({_NAMES}) VALUES ({marks})", values)  # noqa: S608 - names of columns
    else:
        db.execute(_UNITS.insert(), [_plain(row) for row in ordered])


def _plain(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__slots__}


def _count(db: sa.Connection, refs: Mapping[bytes, int]) -> None:
    rows = [{"b_id": unit, "b_n": number} for unit, number in refs.items()]
    if not rows:
        return
    statement = _UNITS.update().where(_UNITS.c.id == sa.bindparam("b_id"))
    done = db.execute(statement.values(refs=_UNITS.c.refs + sa.bindparam("b_n")), rows)
    if done.rowcount not in (-1, len(rows)) or (done.rowcount == -1 and not _all_there(db, list(refs))):
        raise StaleError("content that was to be shared was erased meanwhile; run again")


def _all_there(db: sa.Connection, units: Sequence[bytes]) -> bool:
    found = 0
    for start in range(0, len(units), _MANY):
        query = sa.select(sa.func.count()).select_from(_UNITS).where(_UNITS.c.id.in_(units[start : start + _MANY]))
        found += int(db.scalar(query) or 0)
    return found == len(units)


def _drop(db: sa.Connection, change: Change) -> None:
    for table, column, values in (
        (_UNITS, _UNITS.c.id, list(change.gone_units)),
        (_ASSETS, _ASSETS.c.id, list(change.gone_assets)),
        (_SUBJECTS, _SUBJECTS.c.asset, list(change.gone_assets)),
        (_RECORDS, _RECORDS.c.name, list(change.gone_records)),
    ):
        for start in range(0, len(values), _MANY):
            db.execute(table.delete().where(column.in_(values[start : start + _MANY])))


def _server(address: str) -> sa.URL:
    """The URL of a server; its password comes from PGPASSWORD alone. Raises UsageError for another kind of address."""
    try:
        url = sa.make_url(address)
    except SQLAlchemyError:
        raise UsageError("the catalog's address is postgresql://USER@HOST:PORT/DATABASE") from None
    if url.get_backend_name() != "postgresql" or url.password:
        raise UsageError(
            "the catalog's address is postgresql://USER@HOST:PORT/DATABASE, without a password: set PGPASSWORD"
        )
    return url.set(drivername="postgresql+pg8000", password=os.environ.get("PGPASSWORD"))


def _pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=60000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise VaultError(f"the catalog cannot be used ({type(error.orig).__name__})") from None
    except (SQLAlchemyError, UnicodeDecodeError) as error:  # a damaged schema's text, in the driver's own message
        raise VaultError(f"the catalog cannot be used ({type(error).__name__})") from None
