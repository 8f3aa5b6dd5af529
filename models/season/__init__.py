"""The season: what staff decide re-ranks what is still open; and how a whole season would have gone."""
