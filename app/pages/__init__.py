"""The pages behind the official account: server-rendered, no script, light enough for a bad network."""
