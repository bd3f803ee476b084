"""Where an appliance stands, as the document that ``assets.address`` keeps."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.schemas.tickets import AddressIn, AddressOut


def address_kept(address: AddressIn | None) -> dict[str, Any] | None:
    return asdict(address.kept()) if address else None


def address_out(document: Mapping[str, Any] | None) -> AddressOut | None:
    return AddressOut(**document) if document else None
