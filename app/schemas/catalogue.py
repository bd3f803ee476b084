"""Products and prices as they cross the API."""

from app.domain.pricing import PriceKind
from app.schemas.common import Output


class ProductOut(Output):
    category: str
    brand: str
    model: str
    name: str
    warranty_months: int


class ProductList(Output):
    items: list[ProductOut]


class PriceItemOut(Output):
    code: str
    kind: PriceKind
    category: str
    name: str
    unit: str
    unit_price_fen: int


class PriceTable(Output):
    items: list[PriceItemOut]
