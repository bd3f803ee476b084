"""A form of the console as the body that the API takes: what is wrong with it is told as it is there."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.edge.validation import field_errors
from app.errors import InvalidInput

Body = TypeVar("Body", bound=BaseModel)


def read(body: type[Body], said: Mapping[str, object]) -> Body:
    """What was left empty was not said. Raises InvalidInput."""
    try:
        return body.model_validate({name: value for name, value in said.items() if value not in ("", None)})
    except ValidationError as invalid:
        raise InvalidInput(errors=field_errors(invalid.errors())) from invalid
