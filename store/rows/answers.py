"""What people gave to exercises, and what they watched."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.rows.base import SHA256, Json, Table


class Answer(Table):
    """What one person gave to one exercise at one time. Only grows.

    `edited_at` is the device's time, corrected and never in the future; the newest by
    (edited_at, sequence, id) counts, the others are drafts.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("person_id", "module", "exercise", "device", "sequence"),
        Index("ix_answers_newest", "person_id", "module", "exercise", "edited_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"))
    exercise: Mapped[str] = mapped_column(String(100))
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    device: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger)
    value: Mapped[Any] = mapped_column(Json)
    body_hash: Mapped[str] = mapped_column(String(SHA256))
    edited_at: Mapped[datetime]
    received_at: Mapped[datetime]
    carried_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class ClipWatch(Table):
    """Which seconds of a clip a person watched, each once: `ranges` is [[from, to], ...]."""

    __tablename__ = "clip_watches"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    module: Mapped[str] = mapped_column(ForeignKey("modules.key"), primary_key=True)
    clip: Mapped[str] = mapped_column(String(SHA256), primary_key=True)
    ranges: Mapped[Any] = mapped_column(Json)
    position: Mapped[float]
    updated_at: Mapped[datetime]
