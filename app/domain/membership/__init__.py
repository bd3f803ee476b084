"""What brings a customer points, and the level that they make (ADR 48): pure."""
