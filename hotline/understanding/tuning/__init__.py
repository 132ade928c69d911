"""Makes the encoder's file, which is done rarely and takes an hour: see `__main__`."""
