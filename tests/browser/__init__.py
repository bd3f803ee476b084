"""A Chromium for the tests that needs neither root nor a system package."""
