"""From ranked readings to the answer that is given."""
