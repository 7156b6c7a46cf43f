"""What the house itself writes down."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import SHA256, Json, Table


class AuditEntry(Table):
    """Who did what to which thing; each row carries the hash of the one before. Only grows."""

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("previous_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    object: Mapped[str] = mapped_column(String(200))
    previous_hash: Mapped[str] = mapped_column(String(SHA256))
    hash: Mapped[str] = mapped_column(String(SHA256), unique=True)


class Setting(Table):
    """Facts about this installation, such as the epoch of its data."""

    __tablename__ = "facts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
