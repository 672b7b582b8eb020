"""Work with the whole archive: mentions, timelines, summaries, notebooks, drafts, evidence."""
