def tour() -> None:
    """x"""
