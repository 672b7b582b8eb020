"""Every way a person reaches the rest."""
