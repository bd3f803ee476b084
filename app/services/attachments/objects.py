"""Where a photo's bytes lie: under keys made of its random id and nothing else."""

from typing import TypeAlias
from uuid import UUID

from app.integrations.storage import ObjectStore
from app.services.attachments.urls import Variant

# What the routers hand down. They know this capability, not the integration behind it.
PhotoStore: TypeAlias = ObjectStore

PREFIX = "photos"


def key_of(attachment_id: UUID, variant: Variant) -> str:
    # Two letters of folder keep a local directory from holding a million entries.
    return f"{PREFIX}/{attachment_id.hex[:2]}/{attachment_id.hex}/{variant.file_name}"


def keys_of(attachment_id: UUID) -> list[str]:
    return [key_of(attachment_id, variant) for variant in Variant]


def id_of(key: str) -> UUID | None:
    """None for an object that is not ours."""
    parts = key.split("/")
    if len(parts) != 4 or parts[0] != PREFIX:
        return None
    try:
        return UUID(hex=parts[2])
    except ValueError:
        return None
