"""Events from an app to the apps above it, written in the sender's transaction."""
