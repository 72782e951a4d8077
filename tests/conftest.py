"""What every test may ask for. Each module documents its own fixtures."""

pytest_plugins = ["tests.services", "tests.server", "tests.pages", "tests.figures"]
