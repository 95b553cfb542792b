"""The platform: Django apps over the library. Views read through selectors and write through actions."""
