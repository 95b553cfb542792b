"""The app drift: readers watched while they read, by control charts and alarms."""
