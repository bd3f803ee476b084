"""What a label on an appliance says: from the text of its code to brand, model, serial number and date."""

from app.domain.labels.read import Label, read_label

__all__ = ["Label", "read_label"]
