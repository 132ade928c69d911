"""The public web pages: what the line is, the card for the door, the flyer, privacy and terms."""
