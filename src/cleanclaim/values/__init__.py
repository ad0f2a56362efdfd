"""The shared language of all apps: frozen values without storage. Apps see these, never `edi`'s own."""
