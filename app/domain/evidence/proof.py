"""The customer's word on the spot that the work is done: whether a job needs it, and whether it still stands."""

from app.domain.evidence.items import catalogue
from app.domain.situation import Situation


def proof_needed(s: Situation) -> bool:
    return catalogue().proof.fits(s)


def proof_stands(s: Situation) -> bool:
    """It was given for the total and the version that are to be charged now."""
    return s.proof is not None and (s.proof.total_fen, s.proof.quote_version) == (
        s.approved_fen,
        s.approved_version,
    )
