"""Products, the published price table and the rubric of a rating."""

from typing import Annotated

from fastapi import Query

from app.domain.rating import DIMENSION_LABELS, RUBRIC
from app.edge.given import Now, SessionDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep
from app.schemas.catalogue import PriceItemOut, PriceTable, ProductList, ProductOut
from app.schemas.common import Word
from app.schemas.kpi import Rubric, RubricDimension, RubricStar
from app.services.catalogue.read import price_items, products

router = Routes(prefix="/api/v1", tags=["catalogue"])

Category = Annotated[Word | None, Query()]


@router.get("/products")
async def read_products(_: ActorDep, session: SessionDep, category: Category = None) -> ProductList:
    """Brands and models that are known here, with their categories."""
    found = await products(session, category=category)
    return ProductList(items=[ProductOut.model_validate(p, from_attributes=True) for p in found])


@router.get("/price-items")
async def read_prices(_: ActorDep, session: SessionDep, now: Now, category: Category = None) -> PriceTable:
    """The published price table, in fen; quotes are made of nothing else."""
    found = await price_items(session, category=category, now=now)
    return PriceTable(items=[PriceItemOut.model_validate(item, from_attributes=True) for item in found])


@router.get("/rating-rubric")
async def read_rubric(_: ActorDep) -> Rubric:
    """What each star of each of the four dimensions stands for."""
    return Rubric(
        dimensions=[
            RubricDimension(
                dimension=dimension,
                label=DIMENSION_LABELS[dimension],
                stars=[RubricStar(stars=n, text=text) for n, text in enumerate(texts, 1)],
            )
            for dimension, texts in RUBRIC.items()
        ]
    )
