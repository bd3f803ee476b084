"""Service levels: policies and calendars of the house, and the deadlines of tickets."""
