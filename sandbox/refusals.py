"""What the control API and the phones refuse, told apart by who could mend it."""


class NotPossible(ValueError):
    """The request makes no sense for this person or account now."""


class Unknown(LookupError):
    """No such user, account or rule."""
