"""Settings, addresses, the clock and the data directory of the platform."""
