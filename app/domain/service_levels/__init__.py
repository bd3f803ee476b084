"""Service levels: business calendars, targets, the clocks of a ticket and what they come to. Integer seconds, no I/O.

A moment here is a whole second since 1970 (``seconds``): what is cut off is cut off everywhere alike, so the
pieces of a clock add up to the whole of it.
"""
